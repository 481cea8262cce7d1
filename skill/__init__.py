"""Evening Lantern: a voice companion for two people who want to stay close."""
