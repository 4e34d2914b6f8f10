"""What tells a record from all others of its object: e-mail addresses of contacts, domains of companies (SPEC 1.2, 3).

One is the primary value, a property of its own; the additional ones stand in a list. Each is held by one live record
only, be it primary or additional: the table `record_identifier` has them in normal form, written with the rows of the
record and gone while it is deleted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.domain import as_domain
from crm.properties.types.emails import parts
from crm.records.models import Record, RecordIdentifier

AT_ONCE = 500
WHY = "uniqueness holds for hidden records too"


@dataclass(frozen=True)
class Identified:
    """The two properties of an object that hold its identifiers, and how one is compared."""

    primary: str
    additional: str
    normal: Callable[[str], str]


IDENTIFIED: Mapping[str, Identified] = {
    "contact": Identified("email", "hs_additional_emails", lambda text: text.strip().lower()),
    "company": Identified("domain", "hs_additional_domains", lambda text: as_domain(text) or text.strip().lower()),
}


def identified_by(object_type: ObjectType | str) -> Identified | None:
    """How records of this object are told from each other, if by e-mail address or domain."""
    return IDENTIFIED.get(object_type if isinstance(object_type, str) else object_type.name)


def identifiers_in(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, str]:
    """The identifiers among `values` in normal form, the primary one first, each with its property."""
    known = identified_by(object_type)
    if known is None:
        return {}
    found: dict[str, str] = {}
    for name in (known.primary, known.additional):
        texts = parts(values.get(name)) if name == known.additional else [values.get(name) or ""]
        for text in texts:
            if normal := known.normal(text):
                found.setdefault(normal, name)
    return found


@dataclass(frozen=True)
class Holder:
    """A live record that holds an identifier; whoever shows it looks first whether the reader may see it."""

    record_id: int
    owner_id: int | None
    display_name: str


_remembered: ContextVar[dict[tuple[str, str], list[Holder]] | None] = ContextVar("kartotek_holders", default=None)


@contextmanager
def remembering_holders() -> Iterator[None]:
    """Let `holders` remember inside what it was asked, so that whoever writes many records asks for all at once.

    What this transaction writes is asked for anew; of what others write meanwhile the table's own rule knows.
    """
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def forget_holders(record_id: int | None = None) -> None:
    """Ask for everything anew, or for what one record holds."""
    remembered = _remembered.get() or {}
    for key in [key for key, held in remembered.items() if record_id in (None, *(one.record_id for one in held))]:
        del remembered[key]


def holders(object_type: str, values: Iterable[str]) -> dict[str, list[Holder]]:
    """Who holds each of these identifiers, hidden records too, oldest claim first; values may be in any form."""
    known = identified_by(object_type)
    wanted = {known.normal(value) for value in values} if known else set()
    remembered = _remembered.get()
    if remembered is None:
        return _look_up(object_type, wanted)
    asked = {value for value in wanted if (object_type, value) not in remembered}
    answers = _look_up(object_type, asked)
    remembered.update({(object_type, value): answers.get(value, []) for value in asked})
    return {value: held for value in wanted if (held := remembered[object_type, value])}


def _look_up(object_type: str, values: Iterable[str]) -> dict[str, list[Holder]]:
    wanted = sorted(values)
    found: dict[str, list[Holder]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        held = RecordIdentifier
        statement = (
            sa.select(held.value, Record.id, Record.owner_id, Record.display_name)
            .join(Record, Record.id == held.record_id)
            .where(held.object_type == object_type, held.value.in_(wanted[start : start + AT_ONCE]))
            .order_by(held.value, held.place)
        )
        for value, record_id, owner_id, name in db.session.execute(unguarded(statement, WHY)).tuples():
            found.setdefault(value, []).append(Holder(record_id, owner_id, name))
    return found


def is_primary(object_type: ObjectType, property_name: str) -> bool:
    """Whether records are told from each other by this property, and by the additional ones beside it."""
    known = identified_by(object_type)
    return known is not None and known.primary == property_name


def visible_holders(viewer: Viewer, object_type: ObjectType, values: Iterable[str]) -> dict[str, list[int]]:
    """The ids of the records the viewer may see that hold each of these, as written, oldest first; missing for none."""
    known = identified_by(object_type)
    if known is None:
        return {}
    asked: dict[str, list[str]] = {}
    for value in values:
        asked.setdefault(known.normal(value), []).append(value)
    found: dict[str, list[int]] = {}
    for normal, held_by in holders(object_type.name, asked).items():
        ids = sorted(one.record_id for one in held_by if viewer.covers(object_type.name, Verb.VIEW, one.owner_id))
        found |= dict.fromkeys(asked[normal], ids) if ids else {}
    return found


def insert_identifiers(object_type: ObjectType, values_by_record: Mapping[int, Mapping[str, Any]]) -> None:
    """Claim the identifiers of new records; IntegrityError when another live record holds one."""
    _insert(
        object_type,
        [(value, one) for one, values in values_by_record.items() for value in identifiers_in(object_type, values)],
    )


def update_identifiers(object_type: ObjectType, record_id: int, changes: Mapping[str, Any]) -> None:
    """Claim and give up what a change of the record's row made true; IntegrityError when another holds one."""
    known = identified_by(object_type)
    forget_holders(record_id)
    if known is not None and not changes.keys().isdisjoint((known.primary, known.additional)):
        restore_identifiers(object_type, record_id)


def restore_identifiers(object_type: ObjectType, record_id: int) -> None:
    """Hold what the row of a live record says, no more and no less; IntegrityError when another holds one."""
    known = identified_by(object_type)
    if known is None:
        return
    columns = {name: object_type.column(name) for name in (known.primary, known.additional)}
    row = sa.select(*(column.label(name) for name, column in columns.items())).where(
        object_type.table.c.record_id == record_id
    )
    stored = db.session.execute(unguarded(row, WHY)).mappings().one()
    wanted = identifiers_in(object_type, dict(stored))
    mine = RecordIdentifier.record_id == record_id
    present = set(db.session.scalars(sa.select(RecordIdentifier.value).where(mine)))
    if gone := present - wanted.keys():
        forget_holders(record_id)
        db.session.execute(sa.delete(RecordIdentifier).where(mine, RecordIdentifier.value.in_(sorted(gone))))
    _insert(object_type, [(value, record_id) for value in wanted if value not in present])


def remove_identifiers(record_ids: Iterable[int]) -> None:
    """Give up whatever these records hold: they were deleted."""
    forget_holders()
    db.session.execute(sa.delete(RecordIdentifier).where(RecordIdentifier.record_id.in_(list(record_ids))))


def _insert(object_type: ObjectType, claims: Iterable[tuple[str, int]]) -> None:
    """In the order of the values, so that two people who claim the same ones never wait for each other in a circle."""
    rows = [
        {"object_type": object_type.name, "value": value, "place": 0, "record_id": record_id}
        for value, record_id in sorted(claims)
    ]
    if rows:
        remembered = _remembered.get() or {}
        for row in rows:
            remembered.pop((row["object_type"], row["value"]), None)
        db.session.execute(sa.insert(RecordIdentifier.__table__), rows)
