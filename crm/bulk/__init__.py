"""One thing done to very many: in short batches, with progress, and undone as a whole (QUALITY 2.3, 4)."""
