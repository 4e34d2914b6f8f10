"""Once a day: what has run out is deleted."""
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.accounts.housekeeping import forget_expired
from crm.db import unit_of_work
from crm.files.sweeping import forget_unused_files, sweep
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.notifications.operations import forget_old
from crm.records.purge import purge_due
from crm.web.forms import forget_old_keys


def run(_payload: Mapping[str, Any]) -> None:
    """Delete expired sessions, links, counted tries, keys of forms and old notices, and records deleted long ago."""
    with unit_of_work():
        forget_expired()
        forget_old_keys()
    _forget_old_notices()
    purge_due()
    forget_unused_files()
    sweep()


def _forget_old_notices() -> None:
    is_more = True
    while is_more:
        with unit_of_work():
            is_more = forget_old()


JOB_KINDS.register(JobKind("housekeeping", run, every=timedelta(days=1)))
