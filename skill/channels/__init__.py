"""How a turn arrives and how a reply leaves. Channels do not know each other."""
