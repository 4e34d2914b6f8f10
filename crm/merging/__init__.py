"""Making one record of two, taking that apart again, and finding records that are there twice (SPEC 4.6, 4.7)."""
