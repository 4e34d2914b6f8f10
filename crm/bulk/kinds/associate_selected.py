"""Records ticked on a list, associated with one record (SPEC 6.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import ASSOCIATE, LABEL, apply, count, items, title, undo

bulk_kinds.register(BulkKind(ASSOCIATE, title, items, apply, undo, count, label=LABEL, batch=25))
