"""What keeps an object from being removed: one file for each kind of reason."""
