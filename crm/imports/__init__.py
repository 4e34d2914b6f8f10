"""Data coming in: CSV files of records and mbox files of mail, row by row, nothing lost without a word (SPEC 4)."""
