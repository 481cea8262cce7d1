"""The text API."""
