"""What a record of its object cannot be without (SPEC 3)."""

from crm.records.checks import RecordCheck, record_checks
from crm.records.values import missing_values

record_checks.register(RecordCheck("required", lambda change: missing_values(change.kind, change.whole), position=10))
