"""The worker: claims jobs from the queue and runs the agent's steps."""
