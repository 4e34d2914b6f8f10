"""After an upgrade that finds records by other words: the words of all records are written anew."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.search.records import REWRITE, rebuild_terms


def run(_payload: Mapping[str, Any]) -> None:
    """Write them anew; searching goes on meanwhile."""
    rebuild_terms()


JOB_KINDS.register(JobKind(REWRITE, run, lease=timedelta(hours=1)))
