"""Records that may be the same are looked for once a day, and when somebody asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.finding import FIND, find_duplicates


def run(payload: Mapping[str, Any]) -> None:
    """Look among the records of one object, or of all that are compared."""
    asked = payload.get("object_type")
    for comparison in comparisons:
        if asked in (None, comparison.object_type):
            find_duplicates(comparison.object_type)


JOB_KINDS.register(JobKind(FIND, run, lease=timedelta(hours=1), every=timedelta(days=1)))
