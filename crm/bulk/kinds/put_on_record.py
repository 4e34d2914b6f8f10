"""Activities ticked on a list, put on one record (SPEC 6.9)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items, title
from crm.selections.putting_on import LABEL, PUT_ON, apply, undo

bulk_kinds.register(BulkKind(PUT_ON, title, items, apply, undo, count, label=LABEL))
