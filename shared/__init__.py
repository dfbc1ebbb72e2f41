"""What the API and the worker share: the job, its event log, and everything that talks to Redis."""
