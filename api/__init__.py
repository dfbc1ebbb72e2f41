"""The HTTP API: accepts questions, and relays each job's event log to whoever may see it."""
