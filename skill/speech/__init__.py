"""From a reply to what is heard or read: SSML, plain text, calendar files."""
