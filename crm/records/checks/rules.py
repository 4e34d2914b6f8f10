"""The rules of each property that is written (SPEC 2.5)."""

from crm.records.arriving import broken_rules
from crm.records.checks import RecordCheck, record_checks

record_checks.register(RecordCheck("rules", lambda change: broken_rules(change.kind, change.after), position=40))
