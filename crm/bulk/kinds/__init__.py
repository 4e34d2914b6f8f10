"""One file per kind of work in bulk; each registers a BulkKind whose functions live where the work is known."""
