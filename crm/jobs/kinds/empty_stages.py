"""Moving the records of stages that are being deleted."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.stage_removal import EMPTY_STAGES, empty_stages

JOB_KINDS.register(JobKind(EMPTY_STAGES, empty_stages, lease=timedelta(hours=1)))
