"""The figures of relay.py, each with its goal: how it is measured, and what came out."""
