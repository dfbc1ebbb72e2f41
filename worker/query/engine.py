"""Runs queries over datasets on a locked-down DuckDB connection."""

from __future__ import annotations
