"""Tables and queries: ingest, profile, the typed QueryPlan, its SQL, and the engine that runs it."""
