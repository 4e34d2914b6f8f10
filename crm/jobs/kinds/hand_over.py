"""Handing over what a deactivated person owned."""

from datetime import timedelta

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.settings.handover import HAND_OVER, hand_over

JOB_KINDS.register(JobKind(HAND_OVER, hand_over, lease=timedelta(hours=1)))
