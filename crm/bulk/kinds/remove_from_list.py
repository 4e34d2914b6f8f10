"""Records ticked on a list, taken off a static list (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items
from crm.selections.list_members import LABELS, REMOVE, remove, title, undo_remove

bulk_kinds.register(BulkKind(REMOVE, title(REMOVE), items, remove, undo_remove, count, label=LABELS[REMOVE]))
