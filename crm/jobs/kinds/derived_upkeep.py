"""Derived values that change with the time, and all of them after an upgrade that derives others."""

from datetime import timedelta

from crm.derived.upkeep import RECOMPUTE, follow_the_clock, recompute_everything
from crm.jobs.registry import JOB_KINDS, JobKind

JOB_KINDS.register(JobKind("derived_clock", follow_the_clock, every=timedelta(minutes=5)))
JOB_KINDS.register(JobKind(RECOMPUTE, recompute_everything, lease=timedelta(hours=6)))
