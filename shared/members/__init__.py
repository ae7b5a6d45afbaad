"""Members: the hosts, moderators and presenters of one event."""
