"""Files people attach: bytes kept by their hash, names kept as labels, every hit through the visibility gate."""
