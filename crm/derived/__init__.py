"""Values that follow from others: kept true by events, and computed from scratch by `recompute` (SPEC 2.3, 2.7, 2.9).

families/ has one file for each family of values; registry.py says what such a file tells.
"""
