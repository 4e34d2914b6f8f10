"""Labels and limits of associations: made, renamed and deleted by super admins, given by everybody (SPEC 6.3)."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from crm.accounts.operations import demand_super_admin
from crm.associations.labelling import checked_labels, held_labels, labels_of, replace_labels
from crm.associations.limits import MOST
from crm.associations.link_types import STAMP, Label, LinkType, association_types
from crm.associations.models import AssociationTypeRow
from crm.associations.operations import lock_both
from crm.associations.queries import is_associated
from crm.associations.rows import type_name
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, queue_for, touch
from crm.jobs.queue import enqueue
from crm.messages import N_, InvalidValue, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.property_names import clean_label, free_name, plain_words
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.source import SCREEN, Source

__all__ = [
    "Label",
    "change_labels",
    "create_label",
    "delete_label",
    "labels_between",
    "labels_of",
    "rename_label",
    "set_labels",
    "set_limit",
]

MOST_LABELS = 50
LONGEST_TEXT = 100
LONGEST_SLUG = 60
REMOVE_LABEL = "remove_label"
TEXT, INVERSE_TEXT = "text", "inverse_text"
TAKEN = N_("There is a label called “%(label)s” between these two objects already.")
TOO_MANY = N_("Two objects have at most %(limit)s labels between them.")
SAME_WORD = N_("The two words are the same: leave this one empty for a label with one word.")
ONE_WORD = N_("This label has one word for both sides.")
TWO_WORDS = N_("This label has a word for each side.")
BAD_LIMIT = N_("Enter a whole number from 1 to %(most)s.")
NOT_ASSOCIATED = N_("These two records are not associated.")


def labels_between(from_object: str, to_object: str) -> tuple[Label, ...]:
    """The labels a link between records of two objects can have, as seen from the first; "Primary" before the others.

    A label of two words between records of one object stands there twice, once for each word.
    """
    return association_types().labels(from_object, to_object)


def create_label(actor: Viewer, from_object: str, to_object: str, text: str, inverse_text: str = "") -> int:
    """Make a label; `text` names the record at the end of a link from the first object to the second.

    `inverse_text` names the one at its beginning, "" when one word serves both. Returns the id of its type from the
    first object to the second. Raises Forbidden, NotFound, InvalidDefinition by `text` and `inverse_text`.
    """
    demand_super_admin(actor)
    if association_types().between(from_object, to_object) is None:
        raise NotFound(f"{from_object} is not associated with {to_object}")
    queue_for(STAMP)
    rows = _rows_between(from_object, to_object)
    if _number(rows) >= MOST_LABELS:
        raise InvalidDefinition({TEXT: Message(TOO_MANY, limit=MOST_LABELS)})
    there, back = _cleaned(rows, text, inverse_text)
    taken = {row.name.partition(":")[2] for row in rows}
    slug = _slug(there, taken)
    type_id = inverse_id = _insert(from_object, to_object, slug, there)
    if from_object != to_object:
        inverse_id = _insert(to_object, from_object, slug, back)
    elif there != back:
        inverse_id = _insert(from_object, to_object, _slug(back, {*taken, slug}), back)
    _write([type_id], inverse_id=inverse_id)
    _write([inverse_id], inverse_id=type_id)
    touch(STAMP)
    _tell(actor, Action.LABEL_CREATED, association_types().by_id[type_id])
    return type_id


def rename_label(actor: Viewer, type_id: int, text: str, inverse_text: str = "") -> None:
    """Give a label other words, as seen along its type; one of one word stays so, one of two words keeps two.

    Raises Forbidden, NotFound, InvalidDefinition by `text` and `inverse_text`.
    """
    demand_super_admin(actor)
    queue_for(STAMP)
    label = _existing(type_id)
    kind = association_types().by_id[type_id]
    own = {type_id, label.inverse_id}
    rows = [row for row in _rows_between(kind.from_object, kind.to_object) if row.id not in own]
    there, back = _cleaned(rows, text, inverse_text)
    if (there != back) != label.is_paired:
        raise InvalidDefinition({INVERSE_TEXT: Message(TWO_WORDS if label.is_paired else ONE_WORD)})
    if (there, back) == (label.text, label.inverse_text):
        return
    _write([type_id], label=there)
    _write([label.inverse_id], label=back)
    touch(STAMP)
    _tell(actor, Action.LABEL_RENAMED, association_types().by_id[type_id], f"{_words(kind)} → {there} / {back}")


def delete_label(actor: Viewer, type_id: int) -> None:
    """Delete a label: nobody sees it any more, and a job takes it off its links, which stay.

    The history of links goes on telling of it. Raises Forbidden, NotFound.
    """
    demand_super_admin(actor)
    queue_for(STAMP)
    label = _existing(type_id)
    kind = association_types().by_id[type_id]
    _write([type_id, label.inverse_id], archived_at=now())
    touch(STAMP)
    _tell(actor, Action.LABEL_DELETED, kind)
    enqueue(REMOVE_LABEL, {"actor_id": actor.user_id, "type_id": type_id}, unique_key=str(type_id))


def set_limit(actor: Viewer, from_object: str, to_object: str, type_id: int | None, limit: int | None) -> None:
    """Let one record of the first object have so many links to the second, or so many with this label; None for any.

    Links there are beyond it stay. Raises Forbidden, NotFound, InvalidValue for a number that is no limit.
    """
    demand_super_admin(actor)
    if limit is not None and not 1 <= limit <= MOST:
        raise InvalidValue(Message(BAD_LIMIT, most=f"{MOST:,}"))
    queue_for(STAMP)
    wanted = association_types().between(from_object, to_object) if type_id is None else _existing(type_id).type_id
    kind = association_types().by_id[wanted] if wanted is not None else None
    if kind is None or not kind.joins(from_object, to_object):
        raise NotFound(f"there is no such association from {from_object} to {to_object}")
    if kind.limit == limit:
        return
    _write([kind.id], most=limit)
    touch(STAMP)
    _tell(actor, Action.ASSOCIATION_LIMIT_CHANGED, kind, f"{kind.limit or '*'} → {limit or '*'}")


def set_labels(
    actor: Viewer, record_id: int, other_id: int, type_ids: Collection[int], source: Source = SCREEN
) -> bool:
    """Give the link from one record to another these labels and no others; whether that changes anything.

    Needs edit on the first record and view on the other. "Primary" is no matter of it. Raises NotFound, Forbidden,
    InvalidValue for records that are not associated and for what is no label of theirs, LimitReached.
    """
    one, other = _locked_link(actor, record_id, other_id)
    return replace_labels(actor, one, other, checked_labels(one.object_type, other.object_type, type_ids), source)


def change_labels(
    actor: Viewer, record_id: int, other_id: int, added: Collection[int], removed: Collection[int]
) -> bool:
    """The same for some labels only: what somebody else did meanwhile with the others stays. Raises likewise."""
    one, other = _locked_link(actor, record_id, other_id)
    new = checked_labels(one.object_type, other.object_type, added)
    held = held_labels(record_id, other_id)
    return replace_labels(actor, one, other, sorted(held.difference(removed).union(new)), SCREEN)


def _locked_link(actor: Viewer, record_id: int, other_id: int) -> tuple[sa.Row[Any], sa.Row[Any]]:
    one, other = lock_both(actor, record_id, other_id)
    if not is_associated(record_id, other_id):
        raise InvalidValue(NOT_ASSOCIATED)
    return one, other


def _rows_between(one: str, other: str) -> list[LinkType]:
    """Every type between two objects, both ways, deleted labels too, as it is now that no one else changes any."""
    pairs = {(one, other), (other, one)}
    return [row for row in association_types().by_id.values() if (row.from_object, row.to_object) in pairs]


def _number(rows: Iterable[LinkType]) -> int:
    live = (row for row in rows if row.label and not row.is_primary and not row.is_archived)
    return len({min(row.id, row.inverse_id) for row in live})


def _cleaned(rows: Iterable[LinkType], text: str, inverse_text: str) -> tuple[str, str]:
    """The two words, the same when one serves both; raises InvalidDefinition, also for one that another label has."""
    errors: dict[str, Message] = {}
    words: dict[str, str] = {}
    taken = {row.label.casefold() for row in rows if row.label and not row.is_archived}
    for name, typed in ((TEXT, text), (INVERSE_TEXT, inverse_text)):
        if name == INVERSE_TEXT and not typed.strip():
            continue
        try:
            words[name] = clean_label(typed, LONGEST_TEXT)
        except InvalidValue as error:
            errors[name] = error.message
            continue
        if words[name].casefold() in taken:
            errors[name] = Message(TAKEN, label=words[name])
    there, back = words.get(TEXT, ""), words.get(INVERSE_TEXT, "")
    if not errors and there.casefold() == back.casefold():
        errors[INVERSE_TEXT] = Message(SAME_WORD)
    if errors:
        raise InvalidDefinition(errors)
    return there, back or there


def _slug(text: str, taken: Collection[str]) -> str:
    return free_name(plain_words(text)[:LONGEST_SLUG].strip("_") or "label", taken)


def _insert(from_object: str, to_object: str, slug: str, text: str) -> int:
    # No object has a colon in its name, so that no type is called like that of another object.
    values = {"name": type_name(from_object, to_object, f":{slug}"), "label": text, "is_primary": False}
    ends = {"from_object": from_object, "to_object": to_object}
    return db.session.execute(sa.insert(AssociationTypeRow).values(**values, **ends)).inserted_primary_key[0]


def _write(type_ids: Collection[int], **values: object) -> None:
    changed = sa.update(AssociationTypeRow).where(AssociationTypeRow.id.in_(type_ids)).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _existing(type_id: int) -> Label:
    label = association_types().label(type_id)
    if label is None or label.is_primary:
        raise NotFound(f"there is no label {type_id}")
    return label


def _words(kind: LinkType) -> str:
    back = association_types().by_id[kind.inverse_id].label
    return kind.label if kind.label == back else f"{kind.label} / {back}"


def _tell(actor: Viewer, action: Action, kind: LinkType, changes: str = "") -> None:
    types = schema().types
    objects = f"{types[kind.from_object].plural_label} → {types[kind.to_object].plural_label}"
    about = About(Kind.ASSOCIATION, kind.id, _words(kind) or objects)
    record(actor, action, about, {"object": objects, "changes": changes})
