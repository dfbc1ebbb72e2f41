"""Measurements: too long or too noisy for tests."""
