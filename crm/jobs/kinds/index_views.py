"""The columns by which saved views find and sort are indexed: after a view was saved, and once a day what is left."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.saved_views.indexes import keep_indexes
from crm.saved_views.operations import UPKEEP

JOB_KINDS.register(JobKind(UPKEEP, keep_indexes, lease=timedelta(minutes=30), every=timedelta(days=1)))
