"""Carrying the values of a property over when it gets another type."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.objects.retyping_values import RETYPE, retype_many

JOB_KINDS.register(JobKind(RETYPE, retype_many, lease=timedelta(hours=2)))
