"""Records and activities ticked on a list, given to one person (SPEC 5.1)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.selections.assigning import ASSIGN, LABEL, apply, title, undo
from crm.selections.associating import count, items

bulk_kinds.register(BulkKind(ASSIGN, title, items, apply, undo, count, label=LABEL, batch=25))
