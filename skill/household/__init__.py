"""What is remembered about a household, and where."""
