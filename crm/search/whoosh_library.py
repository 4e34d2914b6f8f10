"""The parts of Whoosh that are used; the only place that imports it.

They are those that keep a folder of segments: its table of contents, written anew by every commit and put in place by
a rename, and what removes the files no table names. Its segments are our own, as its codecs are meant to be.
The sources of Whoosh have escapes in plain strings that newer Pythons warn about when they compile them.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.codec.base import Segment
    from whoosh.fields import STORED, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC, clean_files

__all__ = ["STORED", "TOC", "FileStorage", "Schema", "Segment", "clean_files"]
