"""One activity put on all records of an object, or on all that a search finds (SPEC 6.9)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.search.associating_all import ASSOCIATE_ALL, LABEL, apply, count, items, title, undo

bulk_kinds.register(BulkKind(ASSOCIATE_ALL, title, items, apply, undo, count, label=LABEL))
