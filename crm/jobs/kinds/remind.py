"""Reminding people of a task or a meeting at the moment they asked for."""

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.notifications.reminding import REMIND, remind

JOB_KINDS.register(JobKind(REMIND, remind))
