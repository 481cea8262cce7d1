"""The Alexa webhook."""
