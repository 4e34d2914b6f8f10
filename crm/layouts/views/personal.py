"""What people change in their own view of record pages: cards folded and put in order (REC-39, REC-40, REC-46)."""

from collections.abc import Sequence

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts import personal
from crm.layouts.layout import PlacedCard
from crm.layouts.reading import card_on, layout_for
from crm.layouts.views import blueprint
from crm.layouts.views.cards import address_of, answer_card
from crm.layouts.views.page import page_of
from crm.messages import N_, InvalidValue
from crm.permissions.errors import Forbidden, NotFound
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render_nothing

MOST_KEYS = 200
NO_CARD = N_("There is no such card here.")


@blueprint.post("/records/<int:record_id>/cards/<key>/fold")
@requires(SIGNED_IN)
def fold(record_id: int, key: str) -> Response:
    """Collapse or expand a card, on the pages of all records of this object, for this person (REC-40)."""
    record = get_record(viewer(), record_id)
    layout = layout_for(viewer(), record.type)
    if card_on(page_of(record), layout, key) is None:
        raise NotFound(f"{record.object_type} has no card {key!r} on this page")
    is_folded = request.form.get("folded") == "1"
    with unit_of_work():
        personal.fold(viewer(), record.object_type, layout, key, is_folded)
    return answer_card(record, key)


@blueprint.post("/records/<int:record_id>/columns/<column>/order")
@requires(SIGNED_IN)
def put_in_order(record_id: int, column: str) -> Response:
    """Put the cards of a column in order for this person: all of them, or one `up` or `down` (REC-39, REC-46)."""
    record = get_record(viewer(), record_id)
    layout = layout_for(viewer(), record.type)
    cards = layout.column(column)
    if cards is None:
        raise NotFound(f"{record.object_type} has no column {column!r}")
    moved = request.form.get("up") or request.form.get("down") or ""
    keys = request.form.getlist("key")[:MOST_KEYS]
    _check(cards, [*keys, *([moved] if moved else [])])
    if moved:
        keys = _one_further(keys, moved, -1 if request.form.get("up") else 1)
    with unit_of_work():
        personal.put_in_order(viewer(), record.object_type, layout, column, keys)
    if not is_fragment():
        return redirect_to(address_of(record_id, column, moved))
    return render_nothing()


def _check(cards: Sequence[PlacedCard], keys: Sequence[str]) -> None:
    known = {card.key: card for card in cards}
    if any(key not in known for key in keys):
        raise InvalidValue(NO_CARD)
    if not all(known[key].may_move for key in keys):
        raise Forbidden("a card that may not be moved")


def _one_further(keys: Sequence[str], moved: str, step: int) -> list[str]:
    """The cards as the page shows them, one of them a step further; at the end it stays."""
    others = [key for key in dict.fromkeys(keys) if key != moved]
    at = list(dict.fromkeys(keys)).index(moved) if moved in keys else len(others)
    others.insert(max(0, at + step), moved)
    return others
