"""Every hour: the columns of properties archived 90 days ago go, those of large tables at night."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.objects.maintenance import remove_due_properties


def run(_payload: Mapping[str, Any]) -> None:
    """Remove what is due."""
    remove_due_properties()


JOB_KINDS.register(JobKind("remove_properties", run, lease=timedelta(minutes=30), every=timedelta(hours=1)))
