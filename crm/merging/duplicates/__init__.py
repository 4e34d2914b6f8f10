"""Records that may be the same: how they are compared, found by a job, shown, dismissed (SPEC 4.7)."""
