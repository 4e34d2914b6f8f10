"""Boards: the records of an object with pipelines, in a column for each stage (SPEC 5.1)."""
