"""What a filter depends on besides the records it is asked of: other lists, associated objects, what day it is."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from crm.db import db
from crm.filters.addresses import readable_conditions
from crm.filters.compiling import operator_for
from crm.filters.registry import POINT, subject_kind_of
from crm.lists.models import ListKind
from crm.lists.queries import LIST, lists_by_id, read_row
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer

MEMBERSHIP = "list.member"
"""The subject of conditions on lists (crm/filters/subjects/membership.py)."""
DEEPEST = 20
TIMED_SHAPES = frozenset({"period", "distance"})
NAMES_ITSELF = N_("A list cannot ask for its own members.")
CIRCLE = N_("“%(name)s” asks for the members of this list already; two lists cannot wait for each other.")
SECRET_CIRCLE = N_("Another list asks for the members of this list already; two lists cannot wait for each other.")
TOO_DEEP = N_("This list would rest on more than %(limit)s lists, one upon the other.")


def lists_named(texts: Iterable[str]) -> set[int]:
    """The lists whose members a filter asks for."""
    named = (one.values for one in readable_conditions(texts) if one.subject == MEMBERSHIP)
    return {int(value) for values in named for value in values if value.isdecimal()}


def objects_named(texts: Iterable[str]) -> set[str]:
    """The objects whose associated records a filter asks about, by every word of a subject that is an object."""
    known = schema().types
    subjects = [one.subject for one in readable_conditions(texts) if subject_kind_of(one.subject) is not None]
    words = {word.partition("-")[0] for subject in subjects for word in subject.split(POINT)[1:2]}
    return words & known.keys()


def asks(subject: str, asked: str, object_type: str, name: str) -> bool:
    """Whether a condition with this subject, on records of `asked`, is about the property `name` of an object."""
    if POINT not in subject:
        return asked == object_type and subject == name
    _kind, other, *rest = subject.split(POINT)
    return other.partition("-")[0] == object_type and rest == [name]


def is_timed(kind: ObjectType, texts: Iterable[str]) -> bool:
    """Whether the answer changes as days go by: "today", "in the last 90 days"."""
    for condition in readable_conditions(texts):
        try:
            _subject, operator = operator_for(kind, condition)
        except InvalidValue:
            continue
        if operator.shape.name in TIMED_SHAPES:
            return True
    return False


def demand_no_circle(actor: Viewer, list_id: int | None, texts: Sequence[str]) -> None:
    """Raise InvalidValue where a list with this filter would rest on itself, or on too many lists in a row.

    A list that the actor may not use has no name in what they are told.
    """
    named = lists_named(texts)
    if not named:
        return
    if list_id in named:
        raise InvalidValue(NAMES_ITSELF)
    resting = _resting()
    step, depth = named, 1
    while step:
        for one in step:
            if list_id is not None and list_id in resting.get(one, ()):
                known = lists_by_id(actor, [one]).get(one)
                raise InvalidValue(Message(CIRCLE, name=known.name) if known else SECRET_CIRCLE)
        step = {below for one in step for below in resting.get(one, ())}
        depth += 1
        if depth > DEEPEST:
            raise InvalidValue(Message(TOO_DEEP, limit=DEEPEST))


def _resting() -> Mapping[int, set[int]]:
    """The lists that each active list asks for."""
    active = sa.select(LIST).where(LIST.c.kind == ListKind.ACTIVE, LIST.c.deleted_at.is_(None))
    return {one.id: lists_named(one.filter) for one in map(read_row, db.session.execute(active))}
