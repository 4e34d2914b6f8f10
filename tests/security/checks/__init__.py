"""The generic checks. Each is a function that takes a site and returns its faults in words, none when all is well.

They are functions so that `test_mutations.py` can apply them to a program whose protection was taken away.
"""
