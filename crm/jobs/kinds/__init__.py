"""One file per kind of job; each registers a JobKind."""
