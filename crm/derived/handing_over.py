"""What is too much for one unit of work is left to jobs, which settle it in batches (DESIGN 7)."""

from collections.abc import Collection
from itertools import islice

from crm.derived.registry import Derivation
from crm.jobs.queue import enqueue

SETTLE = "settle_derived"
"""The kind of job that computes one derivation for many records (crm/derived/batches.py)."""

MOST_AT_ONCE = 1_000
"""How many records of one derivation are settled in the unit that changed them: a few hundredths of a second."""

IDS_OF_A_JOB = 5_000


def hand_over_records(one: Derivation, record_ids: Collection[int]) -> None:
    """Have jobs settle one derivation for these records."""
    ordered = iter(sorted(record_ids))
    while some := list(islice(ordered, IDS_OF_A_JOB)):
        enqueue(SETTLE, {"derivation": one.name, "ids": some})


def hand_over_linked(one: Derivation, sources: Collection[int]) -> None:
    """Have a job settle one derivation for every record of its object that is linked to one of `sources`."""
    enqueue(SETTLE, {"derivation": one.name, "linked_to": sorted(sources)})


def hand_over_all(one: Derivation) -> None:
    """Have a job settle one derivation for every record of its object, once however often it is asked for."""
    enqueue(SETTLE, {"derivation": one.name}, unique_key=one.name)


def hand_over_owned(one: Derivation, owner_id: int) -> None:
    """Have a job settle one derivation for every record of its object that somebody owns."""
    enqueue(SETTLE, {"derivation": one.name, "owner_id": owner_id})
