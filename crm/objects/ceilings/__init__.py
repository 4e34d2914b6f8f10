"""How far things go, and what happens there: one file for each ceiling."""
