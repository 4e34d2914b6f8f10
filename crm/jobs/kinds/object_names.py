"""After the records of an object are called by another property: all their names are written anew."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.db import end_read
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.objects.queries import schema
from crm.search.records import RENAME, rename_all


def run(payload: Mapping[str, Any]) -> None:
    """Write them anew, unless the object is gone by now."""
    is_known = payload["object_type"] in schema().types
    end_read()
    if is_known:
        rename_all(payload["object_type"])


JOB_KINDS.register(JobKind(RENAME, run, lease=timedelta(hours=1)))
