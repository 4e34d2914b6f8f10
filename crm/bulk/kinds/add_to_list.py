"""Records ticked on a list, put on a static list (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.associating import count, items
from crm.selections.list_members import ADD, LABELS, add, title, undo_add

bulk_kinds.register(BulkKind(ADD, title(ADD), items, add, undo_add, count, label=LABELS[ADD]))
