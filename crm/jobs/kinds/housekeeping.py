"""Once a day: what has run out is deleted."""
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.accounts.housekeeping import forget_expired
from crm.activities.drafts import drafted_files, forget_old_drafts
from crm.bulk.operations import forget_old as forget_old_runs
from crm.db import end_read, unit_of_work
from crm.exports.tables import forget_old_exports
from crm.files.sweeping import forget_unused_files, keep_young, sweep
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.notifications.operations import forget_old
from crm.records.purge import purge_due
from crm.web.forms import forget_old_keys


def run(_payload: Mapping[str, Any]) -> None:
    """Delete expired sessions, links, tries, keys of forms, old drafts and notices, and records deleted long ago."""
    with unit_of_work():
        forget_expired()
        forget_old_keys()
        forget_old_drafts()
    _forget_old_notices()
    _forget_old_runs()
    forget_old_exports()
    purge_due()
    forget_unused_files()
    end_read()
    keep_young(one.sha256 for one in drafted_files())
    sweep()


def _forget_old_notices() -> None:
    is_more = True
    while is_more:
        with unit_of_work():
            is_more = forget_old()


def _forget_old_runs() -> None:
    is_more = True
    while is_more:
        with unit_of_work():
            is_more = forget_old_runs()


JOB_KINDS.register(JobKind("housekeeping", run, every=timedelta(days=1)))
