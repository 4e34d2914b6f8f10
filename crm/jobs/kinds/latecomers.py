"""What was logged on a record in the moment it was merged is brought along."""

from collections.abc import Mapping
from typing import Any

from crm.jobs.registry import JOB_KINDS, JobKind
from crm.merging.latecomers import BRING_ALONG, bring_along


def run(payload: Mapping[str, Any]) -> None:
    """Look once; a second time finds nothing more."""
    bring_along(payload["merge_id"])


JOB_KINDS.register(JobKind(BRING_ALONG, run))
