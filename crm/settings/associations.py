"""What may be set about associations of two objects: labels, and how many of them a record may have (SPEC 6.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.associations.labels import MOST_LABELS, rename_label, set_limit
from crm.associations.limits import MOST
from crm.associations.link_types import STAMP, Label, association_types
from crm.associations.models import Association
from crm.db import db, queue_for
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.counts import bounded_text

LINKS_COUNTED = 10_000
PAIR = N_("%(one)s and %(other)s")
MANY, ONE, NUMBER = "many", "one", "number"
WAYS = ((MANY, N_("Any number")), (ONE, N_("One")), (NUMBER, N_("At most …")))
THERE, BACK = "there", "back"
BAD_NUMBER = N_("Write a whole number from 1 to %(most)s.")
CHOOSE = N_("Choose one of these.")
CHANGED_LIMIT = N_("Somebody changed this meanwhile to: %(limit)s. Save again if you still want yours.")
CHANGED_WORDS = N_("Somebody changed this meanwhile to “%(word)s”. Save again if you still want yours.")
CHANGED_PAIR = N_("Somebody changed this meanwhile to “%(word)s” and “%(inverse)s”. Save again if you want yours.")
AT_MOST = N_("at most %(number)s")
ANY_NUMBER, ONLY_ONE = N_("any number"), N_("one")


class Conflict(Exception):
    """Somebody else changed it since the form was opened; `message` says to what."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Direction:
    """One way of a link: how many of the `other` object one record of `kind` may have, None for any number."""

    name: str
    kind: ObjectType
    other: ObjectType
    type_id: int
    limit: int | None

    @property
    def limit_text(self) -> Message | str:
        """The limit in words."""
        return limit_text(self.limit)


@dataclass(frozen=True)
class LabelRow:
    """A label between two objects, with both ways of its links."""

    label: Label
    directions: Sequence[Direction]


@dataclass(frozen=True)
class Pair:
    """Two objects whose records may be associated, as seen from `one`; both ways of plain links, one with itself."""

    one: ObjectType
    other: ObjectType
    directions: Sequence[Direction]
    primary: Label | None
    labels: Sequence[LabelRow]

    @property
    def name(self) -> Message:
        """What it is called: "Contacts and companies"."""
        return Message(PAIR, one=self.one.plural_label, other=Lowered(self.other.plural_label))

    @property
    def url(self) -> str:
        """Its page."""
        return f"/settings/objects/{self.one.plural_name}/associations/{self.other.plural_name}"

    @property
    def is_full(self) -> bool:
        """Whether it has as many labels as there can be."""
        return len(self.labels) >= MOST_LABELS

    def label(self, label_id: int) -> LabelRow:
        """A label of it; raises NotFound."""
        for row in self.labels:
            if label_id in (row.label.type_id, row.label.inverse_id):
                return row
        raise NotFound(f"there is no label {label_id}")


def pairs(of: ObjectType | None = None) -> list[Pair]:
    """All pairs of objects that may be associated, each once; with `of` those of one object, as seen from it."""
    kinds = schema().record_types
    places = [(one, other) for place, one in enumerate(kinds) for other in kinds[place:]]
    if of is not None:
        places = [(of, other) for other in kinds]
    known = association_types()
    return [_pair(one, other) for one, other in places if known.between(one.name, other.name) is not None]


def pair_called(object_name: str, other_name: str) -> Pair:
    """The pair of two objects by the names of their pages; raises NotFound unless they may be associated."""
    one, other = schema().by_plural(object_name), schema().by_plural(other_name)
    if association_types().between(one.name, other.name) is None:
        raise NotFound(f"{object_name} are not associated with {other_name}")
    return _pair(one, other)


def _pair(one: ObjectType, other: ObjectType) -> Pair:
    types = association_types()
    found: dict[int, Label] = {}
    for label in types.labels(one.name, other.name):
        # Two words between records of one object are one label that is there twice.
        found.setdefault(min(label.type_id, label.inverse_id), label)
    made = [LabelRow(one_, _directions(one, other, one_.type_id)) for one_ in found.values() if not one_.is_primary]
    primary = next((label for label in found.values() if label.is_primary), None)
    plain = types.between(one.name, other.name) or 0
    return Pair(one, other, _directions(one, other, plain), primary, made)


def _directions(one: ObjectType, other: ObjectType, type_id: int) -> list[Direction]:
    types = association_types()
    there = types.by_id[type_id]
    found = [Direction(THERE, one, other, there.id, there.limit)]
    if there.inverse_id != there.id:
        back = types.by_id[there.inverse_id]
        found.append(Direction(BACK, other, one, back.id, back.limit))
    return found


def limit_text(limit: int | None) -> Message | str:
    """A limit in words."""
    if limit is None:
        return ANY_NUMBER
    return ONLY_ONE if limit == 1 else Message(AT_MOST, number=f"{limit:,}")


def read_limit(way: str, number: str) -> int | None:
    """The limit that a form says; raises InvalidValue."""
    if way not in dict(WAYS):
        raise InvalidValue(CHOOSE)
    if way != NUMBER:
        return 1 if way == ONE else None
    text = number.strip().replace(",", "").replace(" ", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or not 1 <= int(text) <= MOST:
        raise InvalidValue(Message(BAD_NUMBER, most=f"{MOST:,}"))
    return int(text)


def change_limits(
    actor: Viewer, directions: Sequence[Direction], seen: Mapping[str, str], wanted: Mapping[str, int | None]
) -> None:
    """Set the limits of some directions, by their names; what was `seen` of each is how it must still be.

    Raises Forbidden, and Conflict when another limit than the wanted one is there meanwhile; changes nothing then.
    """
    queue_for(STAMP)
    plain = {association_types().between(way.kind.name, way.other.name) for way in directions}
    for way in directions:
        now = association_types().by_id[way.type_id].limit
        if seen.get(way.name, "") != str(now or "") and now != wanted[way.name]:
            raise Conflict(Message(CHANGED_LIMIT, limit=limit_text(now)))
    for way in directions:
        type_id = None if way.type_id in plain else way.type_id
        set_limit(actor, way.kind.name, way.other.name, type_id, wanted[way.name])


def change_words(actor: Viewer, label: Label, seen: tuple[str, str], wanted: tuple[str, str]) -> None:
    """Rename a label; raises like `rename_label`, and Conflict when its words are no longer those that were `seen`."""
    queue_for(STAMP)
    now = association_types().label(label.type_id)
    if now is None:
        raise NotFound("the label was deleted")
    words = (now.text, now.inverse_text if now.is_paired else "")
    if words not in (seen, wanted):
        text = CHANGED_PAIR if now.is_paired else CHANGED_WORDS
        raise Conflict(Message(text, word=now.text, inverse=now.inverse_text))
    rename_label(actor, label.type_id, *wanted)


def links_with(label: Label) -> int:
    """How many links have a label, one more than LINKS_COUNTED at most; for super admins, who see every record."""
    some = sa.select(sa.literal(1)).select_from(Association).where(Association.type_id == label.type_id)
    counted = sa.select(sa.func.count()).select_from(some.limit(2 * LINKS_COUNTED + 2).subquery())
    number = db.session.scalar(unguarded(counted, "how many links lose a label tells nothing of a record")) or 0
    # One word between records of one object is stored both ways under one type.
    return number // 2 if label.type_id == label.inverse_id else min(number, LINKS_COUNTED + 1)


def links_text(number: int) -> str:
    """The number of links for people: "5" or "10,000+"."""
    return bounded_text(number, LINKS_COUNTED)
