"""Filling in the sample data the first owner asked for while setting Kartotek up."""

from collections.abc import Mapping
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.sample_data.company import fill


def _run(_payload: Mapping[str, Any]) -> None:
    fill()


JOB_KINDS.register(JobKind("sample_data", _run))
