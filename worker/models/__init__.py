"""What turns a question into a plan: the built-in planner, and any OpenAI-compatible model."""
