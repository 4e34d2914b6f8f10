"""Rows chosen on an index page, one by one or all that match, and what is done with all of them (SPEC 5.1)."""
