"""Records and activities ticked on a list, deleted (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items
from crm.selections.deleting import DELETE, LABEL, apply, title, undo

bulk_kinds.register(BulkKind(DELETE, title, items, apply, undo, count, label=LABEL, batch=25))
