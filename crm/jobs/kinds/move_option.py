"""Moving records to another option of a property, and deleting the one they had."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.option_moving import MOVE_OPTION, move_records

JOB_KINDS.register(JobKind(MOVE_OPTION, move_records, lease=timedelta(hours=1)))
