"""Tables and queries: ingest, profile, the typed plan, its SQL, and the engine that runs it."""
