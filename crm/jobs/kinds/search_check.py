"""Every few minutes: whether the search index equals the database, by a sample; what differs is mended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.search.comparison import look_and_mend


def run(_payload: Mapping[str, Any]) -> None:
    """Compare a sample, and mend."""
    look_and_mend()


JOB_KINDS.register(JobKind("search_check", run, every=timedelta(minutes=5)))
