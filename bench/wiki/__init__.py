"""What scoring WikiTableQuestions takes: its files, its rules, and runs of the planner."""
