"""Somebody asked for the search index to be built anew; the indexer does it, beside the running one."""

from collections.abc import Mapping
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.search.indexer import ask_for_rebuild


def run(_payload: Mapping[str, Any]) -> None:
    """Tell the indexer."""
    ask_for_rebuild()


JOB_KINDS.register(JobKind("search_rebuild", run))
