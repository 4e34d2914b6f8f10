"""Associating records, taking associations back, and keeping exactly one primary company (SPEC 6.1-6.2)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.labelling import add_labels, checked_labels
from crm.associations.limits import demand_room
from crm.associations.models import AssociationTypeRow
from crm.associations.primary import live_primaries, settle
from crm.associations.queries import STAMP, association_types, is_associated
from crm.associations.rows import COMPANY, PRIMARY, delete_links, insert_links, replace_primary, type_name
from crm.db import db, touch
from crm.events import AssociationAdded, AssociationRemoved, publish
from crm.messages import N_, InvalidValue, Message
from crm.objects.definitions import OBJECTS
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.operations import check_passport
from crm.records.rows import lock_passports
from crm.records.source import SCREEN, Source


def sync() -> None:
    """Make the association types of the standard objects that are not there yet; safe to run at every start."""
    known = set(db.session.scalars(sa.select(AssociationTypeRow.name)))
    names = [definition.name for definition in OBJECTS if not definition.is_activity]
    pairs = [(one, other, "") for place, one in enumerate(names) for other in names[place:]]
    pairs += [(one, COMPANY, PRIMARY) for one in names if one != COMPANY]
    added = [
        add_pair(one, other, suffix) for one, other, suffix in pairs if type_name(one, other, suffix) not in known
    ]
    if added:
        touch(STAMP)


def add_pair(one: str, other: str, suffix: str) -> None:
    """Make an association type and its way back; the caller says by `touch(STAMP)` that there is another one."""
    there = _add_type(one, other, suffix)
    back = there if one == other else _add_type(other, one, suffix)
    table = AssociationTypeRow
    db.session.execute(sa.update(table).where(table.id == there).values(inverse_id=back))
    db.session.execute(sa.update(table).where(table.id == back).values(inverse_id=there))


def _add_type(from_object: str, to_object: str, suffix: str) -> int:
    values = {
        "name": type_name(from_object, to_object, suffix),
        "from_object": from_object,
        "to_object": to_object,
        "label": "Primary" if suffix else "",
        "is_primary": bool(suffix),
    }
    return db.session.execute(sa.insert(AssociationTypeRow).values(**values)).inserted_primary_key[0]


def associate(
    actor: Viewer,
    record_id: int,
    other_id: int,
    source: Source = SCREEN,
    moment: datetime | None = None,
    labels: Collection[int] = (),
) -> bool:
    """Link two records, both ways; the first company of a record becomes its primary one.

    `labels` are types that lead from the first record to the second; a link that is there gets those it lacks. Returns
    whether the link or a label is new. Needs edit on the first record and view on the other. Raises NotFound,
    Forbidden, InvalidValue for a record with itself and for what is no label of theirs, LimitReached; nothing is
    written then.
    """
    passport, other = lock_both(actor, record_id, other_id)
    if is_associated(record_id, other_id):
        known = checked_labels(passport.object_type, other.object_type, labels)
        return bool(known) and add_labels(actor, passport, other, known, source, moment)
    demand_connected(passport.object_type, other.object_type)
    known = checked_labels(passport.object_type, other.object_type, labels)
    link_locked(actor, passport, other, source, moment, known)
    return True


def associate_all(
    actor: Viewer,
    record_id: int,
    other_ids: Collection[int],
    source: Source = SCREEN,
    labels: Collection[int] = (),
) -> int:
    """Link a record to several others, each with these labels; how many links or labels of links are new.

    Raises like `associate`; the caller's unit of work ends then, and with it the links made before.
    """
    lock_passports([record_id, *other_ids])
    return sum(associate(actor, record_id, other_id, source, labels=labels) for other_id in other_ids)


def demand_connected(from_object: str, to_object: str) -> None:
    """Raise InvalidValue unless records of the two objects may be associated (SPEC 2.10)."""
    if association_types().between(from_object, to_object) is None:
        types = schema().types
        if types[from_object].is_activity or types[to_object].is_activity:
            raise NotFound("activities are put on records, not associated with them")
        text = N_("%(one)s and %(other)s cannot be associated with each other.")
        raise InvalidValue(Message(text, one=types[from_object].plural_label, other=types[to_object].plural_label))


def lock_both(actor: Viewer, record_id: int, other_id: int) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """Both passports, so that two people who change links of one record do so one after the other."""
    if record_id == other_id:
        raise InvalidValue(N_("A record cannot be associated with itself."))
    locked = lock_passports([record_id, other_id])
    passport = check_passport(actor, locked.get(record_id), record_id, Verb.EDIT)
    return passport, check_passport(actor, locked.get(other_id), other_id, Verb.VIEW)


def link_locked(
    actor: Viewer,
    one: sa.Row[Any],
    other: sa.Row[Any],
    source: Source,
    moment: datetime | None = None,
    labels: Collection[int] = (),
) -> None:
    """Link two records by their locked passports; that the actor may do so, and that no link is there, was checked.

    So were the labels. Raises LimitReached, and writes nothing then.
    """
    demand_room(one, other, [association_types().id_of(type_name(one.object_type, other.object_type)), *labels])
    type_id = insert_links(actor, (one.object_type, other.object_type, ""), [(one.id, other.id)], source, moment)
    if labels:
        add_labels(actor, one, other, labels, source, moment)
    publish(AssociationAdded(actor, one.id, other.id, type_id, moment))
    for passport, linked in ((one, other), (other, one)):
        if linked.object_type == COMPANY:
            settle(actor, passport.object_type, [passport.id], source, moment)


def dissociate(actor: Viewer, record_id: int, other_id: int) -> bool:
    """Take every link between two records away; the oldest remaining company becomes primary (SPEC 6.2).

    Returns whether there was a link. Needs edit on the first record and view on the other; deletes no record.
    """
    passport, other = lock_both(actor, record_id, other_id)
    if not delete_links(actor, record_id, other_id):
        return False
    type_id = association_types().id_of(type_name(passport.object_type, other.object_type))
    publish(AssociationRemoved(actor, record_id, other_id, type_id))
    for one, lost in ((passport, other), (other, passport)):
        if lost.object_type == COMPANY:
            settle(actor, one.object_type, [one.id])
    return True


def set_primary_company(actor: Viewer, record_id: int, company_id: int, source: Source = SCREEN) -> bool:
    """Make an associated company the primary one of a record; returns whether another one was, or none.

    Raises NotFound, Forbidden, InvalidValue if it is not associated.
    """
    passport, company = lock_both(actor, record_id, company_id)
    if passport.object_type == COMPANY or company.object_type != COMPANY or not is_associated(record_id, company_id):
        raise InvalidValue(Message(N_("Only an associated company can be the primary company.")))
    if live_primaries(passport.object_type, [record_id]).get(record_id) == company_id:
        return False
    type_id = replace_primary(actor, passport.object_type, {record_id: company_id}, source)
    publish(AssociationAdded(actor, record_id, company_id, type_id))
    return True
