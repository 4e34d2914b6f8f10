"""Once a day: what has run out is deleted."""
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.accounts.housekeeping import forget_expired
from crm.db import unit_of_work
from crm.files.sweeping import forget_unused_files, sweep
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.records.purge import purge_due
from crm.web.forms import forget_old_keys


def run(_payload: Mapping[str, Any]) -> None:
    """Delete expired sessions, links, counted tries and keys of forms, and records deleted long ago."""
    with unit_of_work():
        forget_expired()
        forget_old_keys()
    purge_due()
    forget_unused_files()
    sweep()


JOB_KINDS.register(JobKind("housekeeping", run, every=timedelta(days=1)))
