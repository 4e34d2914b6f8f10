"""Somebody deleted a record for good: it and all that hangs on it is removed now."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.operations import PURGE
from crm.records.purge import purge_due


def run(_payload: Mapping[str, Any]) -> None:
    """Remove whatever is due; the daily housekeeping does the same."""
    purge_due()


JOB_KINDS.register(JobKind(PURGE, run, lease=timedelta(hours=1)))
