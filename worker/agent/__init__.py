"""The agent: intent -> plan -> query -> insight."""
