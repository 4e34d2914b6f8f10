"""Giving activities another outcome or type, and deleting the one they had."""

from datetime import timedelta

from crm.activities.lists import MOVE_ACTIVITY_OPTION, move_activities
from crm.jobs.registry import JOB_KINDS, JobKind

JOB_KINDS.register(JobKind(MOVE_ACTIVITY_OPTION, move_activities, lease=timedelta(hours=1)))
