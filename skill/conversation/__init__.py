"""The heart: what is said next. No web framework, no platform, no database, no clock, no dice."""
