"""What a record must satisfy to be written, whoever writes it: one file for each check (SPEC 2.5, 2.9, 3).

Form, inline edit, import, API and rule all pass here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crm.messages import Message
from crm.records.changes import Change
from crm.registry import Registry


@dataclass(frozen=True)
class RecordCheck:
    """One check: `errors` answers a message for each property that cannot be written so, by its name.

    One that `is_about_stages` says which stages a record may not come into; forms ask it of each before offering them.
    """

    name: str
    errors: Callable[[Change], Mapping[str, Message]]
    position: int = 100
    is_about_stages: bool = False


record_checks: Registry[RecordCheck] = Registry("record check")


def errors_of(change: Change) -> dict[str, Message]:
    """What all checks say of `change`; of two messages for one property that of the earlier check counts."""
    errors: dict[str, Message] = {}
    for check in record_checks:
        errors = {**check.errors(change), **errors}
    return errors


def at_stage(change: Change, message: Message) -> dict[str, Message]:
    """`message` at the property that says in which stage the record is."""
    prop = change.kind.stage_property
    return {prop.name: message} if prop else {}
