"""Intake: what the jailed process does with a file that somebody else wrote.

A file becomes text columns, the text columns become typed ones, and these become Parquet of our
own, with its statistics. All of it runs without a way to reach anything but the file and the
outputs the worker made; only DuckDB, the spreadsheet reader and the standard library are
imported, since the query helper loads these modules.
"""
