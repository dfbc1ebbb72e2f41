"""The tests: real Valkey, real worker and API processes, a real browser."""
