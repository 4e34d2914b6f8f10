"""Values no two live records of an object may have, such as the e-mail address of a contact (SPEC 2.5, 3).

E-mail addresses and domains are unique over primary and additional ones (crm/records/identifiers.py), other values
within their property.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput, Taken
from crm.records.identifiers import Holder, forget_holders, holders, identified_by, identifiers_in
from crm.records.models import Record

BY_ANOTHER = N_("Another record already has this %(label)s.")
BY_NAME = N_("%(name)s already has this %(label)s.")
ONE_BY_ANOTHER = N_("Another record already has %(value)s.")
ONE_BY_NAME = N_("%(name)s already has %(value)s.")


def taken_values(
    actor: Viewer, object_type: ObjectType, values: Mapping[str, Any], record_id: int | None = None
) -> dict[str, Message]:
    """A message for each of `values` that a live record other than `record_id` has, by property name.

    It names the other record if `actor` may see it (SPEC 3).
    """
    errors = _held_identifiers(actor, object_type, values, record_id)
    for prop, value in _unique(object_type, values):
        holder = None if prop.name in errors else _holder(object_type, prop, value, record_id)
        if holder is not None:
            errors[prop.name] = taken_message(actor, object_type, holder, BY_NAME, BY_ANOTHER, label=prop.label)
    return errors


@contextmanager
def taking_values(
    actor: Viewer, object_type: ObjectType, values: Mapping[str, Any], record_id: int | None = None
) -> Iterator[None]:
    """Write `values` inside. Raises InvalidInput when somebody else took one of them at the same moment."""
    if not _unique(object_type, values) and not identifiers_in(object_type, values):
        yield
        return
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError:
        forget_holders()
        errors = taken_values(actor, object_type, values, record_id)
        if not errors:
            raise
        raise InvalidInput(errors) from None


def taken_message(
    actor: Viewer, object_type: ObjectType, holder: Holder, by_name: str, by_another: str, **params: Any
) -> Message:
    """`by_name` with the name and page of the record that has a value, if `actor` may see it, else `by_another`."""
    if not actor.covers(object_type.name, Verb.VIEW, holder.owner_id):
        return Message(by_another, **params)
    name = holder.display_name or f"#{holder.record_id}"
    return Taken(by_name, f"/records/{holder.record_id}", name=name, **params)


def _held_identifiers(
    actor: Viewer, object_type: ObjectType, values: Mapping[str, Any], record_id: int | None
) -> dict[str, Message]:
    wanted = identifiers_in(object_type, values)
    known = identified_by(object_type)
    errors: dict[str, Message] = {}
    if not wanted or known is None:
        return errors
    held = holders(object_type.name, wanted)
    for value, name in wanted.items():
        holder = next((one for one in held.get(value, ()) if one.record_id != record_id), None)
        if holder is None or name in errors:
            continue
        if name == known.primary:
            label = object_type.property(name).label
            errors[name] = taken_message(actor, object_type, holder, BY_NAME, BY_ANOTHER, label=label)
        else:
            errors[name] = taken_message(actor, object_type, holder, ONE_BY_NAME, ONE_BY_ANOTHER, value=value)
    return errors


def _unique(object_type: ObjectType, values: Mapping[str, Any]) -> list[tuple[Property, Any]]:
    """Values of unique properties, but for the one that is looked up among the identifiers."""
    known = identified_by(object_type)
    named = {name: value for name, value in values.items() if value is not None}
    named.pop(known.primary if known else "", None)
    found = ((object_type.properties[name], value) for name, value in named.items())
    return [(prop, value) for prop, value in found if prop.unique]


def _holder(object_type: ObjectType, prop: Property, value: Any, record_id: int | None) -> Holder | None:
    table = object_type.table
    statement = (
        sa.select(Record.id, Record.owner_id, Record.display_name)
        .join(table, table.c.record_id == Record.id)
        .where(table.c[prop.column_name] == value, table.c.archived_at.is_(None), Record.id != (record_id or 0))
        .limit(1)
    )
    found = db.session.execute(unguarded(statement, "uniqueness holds for hidden records too")).first()
    return Holder(*found) if found else None
