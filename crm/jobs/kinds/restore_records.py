"""Somebody asked for many deleted records back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.accounts.queries import viewer_for
from crm.activities.operations import restore_activity
from crm.db import end_read
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.operations import restore_record
from crm.records.recycle_bin import RESTORE, restore_each


def run(payload: Mapping[str, Any]) -> None:
    """Restore them in the name of who asked; what cannot come back stays in the bin, which says why."""
    actor = viewer_for(payload["actor_id"])
    end_read()
    restore_each(actor, payload["ids"], restore_activity if payload.get("are_activities") else restore_record)


JOB_KINDS.register(JobKind(RESTORE, run, lease=timedelta(hours=1)))
