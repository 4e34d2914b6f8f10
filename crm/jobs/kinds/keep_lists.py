"""Lists are kept true: at once when something changed, and every few minutes for what changes by itself."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.db import unit_of_work
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.lists.keeping import build_some, look_at_noted, mark_due
from crm.lists.watching import KEEP, wake

SLICE = 10.0
"""Seconds after which other jobs get their turn."""
LONGEST_PAUSE = 0.05


def run(_payload: Mapping[str, Any]) -> None:
    """What was noted comes first, before each step of building; between steps others may write."""
    ends = time.monotonic() + SLICE
    mark_due()
    while look_at_noted() or _build():
        if time.monotonic() > ends:
            with unit_of_work():
                wake()
            return


def _build() -> bool:
    begun = time.monotonic()
    is_more = build_some()
    if is_more:
        time.sleep(min(time.monotonic() - begun, LONGEST_PAUSE))
    return is_more


JOB_KINDS.register(JobKind(KEEP, run, every=timedelta(minutes=5)))
