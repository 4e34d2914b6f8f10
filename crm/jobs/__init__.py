"""Work done after a transaction, by a worker: an own table with leases, and one file per kind of job (DESIGN 12)."""
