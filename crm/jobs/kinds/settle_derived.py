"""Derived values of many records, which were too many for the unit of work that they follow from."""

from datetime import timedelta

from crm.derived.batches import settle_in_batches
from crm.derived.handing_over import SETTLE
from crm.jobs.registry import JOB_KINDS, JobKind

JOB_KINDS.register(JobKind(SETTLE, settle_in_batches, lease=timedelta(hours=1)))
