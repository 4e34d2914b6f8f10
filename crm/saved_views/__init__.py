"""Views of an index page: which records, which columns, in what order and shape (SPEC 5.3)."""
