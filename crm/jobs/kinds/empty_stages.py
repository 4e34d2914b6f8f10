"""Moving the records of stages that are being deleted, and keeping the stages where that cannot be done."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.stage_removal import EMPTY_STAGES, KEEP_STAGES, empty_stages, keep_stages

JOB_KINDS.register(JobKind(EMPTY_STAGES, empty_stages, lease=timedelta(hours=1), after_failure=KEEP_STAGES))
JOB_KINDS.register(JobKind(KEEP_STAGES, keep_stages))
