"""A rule of automatic association applied to activities that are there already (SPEC 6.7)."""

from crm.activities.past_rules import APPLY_RULE, LABEL, apply, count, items, title, undo
from crm.bulk.registry import BulkKind, bulk_kinds

bulk_kinds.register(BulkKind(APPLY_RULE, title, items, apply, undo, count, label=LABEL, batch=50))
