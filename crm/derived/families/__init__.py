"""One file for each family of values that follow from others; each registers a Family (crm/derived/registry.py)."""
