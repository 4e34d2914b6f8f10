"""A task for each record ticked on a list (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items
from crm.selections.tasking import LABEL, TASKS, apply, title, undo

bulk_kinds.register(BulkKind(TASKS, title, items, apply, undo, count, label=LABEL, batch=20))
