"""Making a table that somebody takes away, batch by batch; and saying so when it broke off."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm.accounts.queries import directory
from crm.db import unit_of_work
from crm.exports.tables import BROKE_OFF, MAKE_TABLE, Stopped, fail_export, make_export
from crm.i18n import reader_for
from crm.jobs.queue import enqueue
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.messages import Message
from crm.properties.types.base import Context

SLICE = 10.0
"""Seconds after which other jobs get their turn."""
FAILED = "make_table_failed"


def context_of(reading: Mapping[str, str]) -> Context:
    """How who began it reads: their language and clock, and the money and the country of the account."""
    here = reader_for(reading.get("locale", "en"), reading.get("zone", "UTC"))
    return Context(
        time_zone=here.zone,
        locale=here.locale,
        users=directory().users,
        currency=reading.get("currency", "USD"),
        home_currency=reading.get("currency", "USD"),
        country=reading.get("country", "US"),
        translate=here.translate,
    )


def run(payload: Mapping[str, Any]) -> None:
    """Make batch after batch; it only reads, so nobody waits for it."""
    ends, export_id = time.monotonic() + SLICE, payload["export_id"]
    try:
        while make_export(export_id, context_of, is_told=True):
            if time.monotonic() > ends:
                with unit_of_work():
                    enqueue(MAKE_TABLE, payload, unique_key=str(export_id))
                return
    except Stopped as stopped:
        fail_export(export_id, stopped.message)


def say_that_it_broke_off(payload: Mapping[str, Any]) -> None:
    """After the last try."""
    fail_export(payload["export_id"], Message(BROKE_OFF))


# A workbook is written in one go at the end: a million rows take some minutes.
JOB_KINDS.register(JobKind(MAKE_TABLE, run, lease=timedelta(minutes=30), after_failure=FAILED))
JOB_KINDS.register(JobKind(FAILED, say_that_it_broke_off))
