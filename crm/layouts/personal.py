"""What people change for themselves on the pages of an object: order, folding, properties, buttons (SPEC 1.5, 1.9)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.db import db
from crm.layouts.layout import Personal, PlacedCard, RecordLayout
from crm.layouts.models import PersonalLayoutRow
from crm.permissions.viewer import Viewer
from crm.statements import Statements

NOTHING = Personal()
_statements = Statements()


def read_personal(viewer: Viewer, object_type: str) -> Personal:
    """What the viewer changed on the pages of an object; one query."""
    if viewer.user_id is None:
        return NOTHING
    text = db.session.execute(_statements.get("content", _content), {"user": viewer.user_id, "kind": object_type})
    return from_text(text.scalar_one_or_none())


def _content() -> Any:
    row = PersonalLayoutRow
    return sa.select(row.content).where(row.user_id == sa.bindparam("user"), row.object_type == sa.bindparam("kind"))


def from_text(text: str | None) -> Personal:
    """What was stored as `text`; nothing where that cannot be read."""
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return NOTHING
    if not isinstance(data, Mapping):
        return NOTHING
    return Personal(
        order=_lists(data.get("order")),
        folded={key: value for key, value in _mapping(data.get("folded")).items() if isinstance(value, bool)},
        properties=_lists(data.get("properties")),
        buttons=_names(data.get("buttons")),
    )


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {}


def _names(data: Any) -> tuple[str, ...]:
    return tuple(one for one in data if isinstance(one, str)) if isinstance(data, list) else ()


def _lists(data: Any) -> dict[str, tuple[str, ...]]:
    return {key: _names(value) for key, value in _mapping(data).items() if isinstance(value, list)}


def in_order(personal: Personal, column: str, cards: Sequence[PlacedCard]) -> list[PlacedCard]:
    """The cards of a column as one person put them; those that may not be moved keep their places.

    One they have not moved comes after the card that it follows in the layout.
    """
    chosen = personal.order.get(column)
    if not chosen:
        return list(cards)
    movable = {card.key: card for card in cards if card.may_move}
    keys = [key for key in dict.fromkeys(chosen) if key in movable]
    before = None
    for key in movable:
        if key not in keys:
            keys.insert(keys.index(before) + 1 if before else 0, key)
        before = key
    moved = iter([movable[key] for key in keys])
    return [next(moved) if card.may_move else card for card in cards]


def change_personal(actor: Viewer, object_type: str, change: Callable[[Personal], Personal]) -> Personal:
    """Change what is the actor's own on the pages of an object, inside a unit of work; answers what it is now."""
    key = {"user_id": actor.user_id, "object_type": object_type}
    # There is a row to be locked, so that of two first changes at the same time the second waits for the other.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(PersonalLayoutRow).values(**key, content="{}").on_conflict_do_nothing())
    row = db.session.get_one(PersonalLayoutRow, key, with_for_update=True)
    changed = change(from_text(row.content))
    row.content = json.dumps(asdict(changed), ensure_ascii=False, sort_keys=True)
    db.session.flush()
    return changed


def fold(actor: Viewer, object_type: str, layout: RecordLayout, key: str, is_folded: bool) -> Personal:
    """Collapse or expand a card of the layout for the actor; cards that are gone are forgotten meanwhile."""
    there = {card.key for _place, card in layout.cards()}

    def change(personal: Personal) -> Personal:
        kept = {name: value for name, value in personal.folded.items() if name in there}
        return replace(personal, folded=kept | {key: is_folded})

    return change_personal(actor, object_type, change)


def put_in_order(actor: Viewer, object_type: str, layout: RecordLayout, column: str, keys: Sequence[str]) -> Personal:
    """Put the cards of a column in the order of `keys` for the actor; keys that are none of its cards are left out."""
    movable = [card.key for card in layout.column(column) or () if card.may_move]

    def change(personal: Personal) -> Personal:
        kept = {name: order for name, order in personal.order.items() if layout.column(name) is not None}
        return replace(personal, order=kept | {column: tuple(key for key in dict.fromkeys(keys) if key in movable)})

    return change_personal(actor, object_type, change)


def choose_properties(
    actor: Viewer, object_type: str, layout: RecordLayout, key: str, names: Sequence[str] | None
) -> Personal:
    """Let a card show the actor the properties called `names`, or, with None, those of the layout again."""
    there = {card.key for _place, card in layout.cards()}

    def change(personal: Personal) -> Personal:
        kept = {name: chosen for name, chosen in personal.properties.items() if name in there and name != key}
        return replace(personal, properties=kept if names is None else kept | {key: tuple(names)})

    return change_personal(actor, object_type, change)
