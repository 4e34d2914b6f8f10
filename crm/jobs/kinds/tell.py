"""Telling very many people of one thing, which were too many for the unit of work it happened in."""

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.notifications.telling import TELL, tell_many

JOB_KINDS.register(JobKind(TELL, tell_many))
