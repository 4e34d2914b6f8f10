"""Data of the program's own: a small made-up company to look around in, and large amounts to measure with."""
