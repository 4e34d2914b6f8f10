"""One property of the records and activities ticked on a list (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items
from crm.selections.editing import EDIT, LABEL, apply, title, undo

bulk_kinds.register(BulkKind(EDIT, title, items, apply, undo, count, label=LABEL, batch=25, keeps_values=True))
