"""Which records of an object are wanted: conditions on their own values, as people choose them (SPEC 5.2).

`tree.py` is what a filter is, `operators.py` the table of what can be asked, `compiling.py` makes SQL of one,
`describing.py` words, `addresses.py` a piece of an address and back.
"""
