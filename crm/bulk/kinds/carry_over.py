"""Past activity that is put onto a record (SPEC 6.8)."""

from crm.bulk.registry import BulkKind, bulk_kinds
from crm.past_activity.carrying import CARRY_OVER, TITLE, apply, count, items, title, undo

bulk_kinds.register(BulkKind(CARRY_OVER, title, items, apply, undo, count, label=TITLE))
