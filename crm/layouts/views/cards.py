"""One card of a record page, read again when something in it changed (SPEC 1.5, 1.6, 1.9)."""

from dataclasses import replace
from typing import Any

from flask import Response, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from crm.layouts.layout import ACTIVITIES, Place
from crm.layouts.reading import ShownCard, card_on, cards_on, holds, layout_for
from crm.layouts.views import blueprint
from crm.layouts.views.page import page_of
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import Events, is_fragment, redirect_to, render, render_nothing


@blueprint.get("/records/<int:record_id>/cards/<key>")
@requires(SIGNED_IN)
def show_card(record_id: int, key: str) -> Response:
    """One card, as its arguments ask for it; without htmx on a page of its own, without arguments on that it is on."""
    return answer_card(get_record(viewer(), record_id), key)


@blueprint.get("/records/<int:record_id>/cards/<key>/menu")
@requires(SIGNED_IN)
def card_menu(record_id: int, key: str) -> Response:
    """What one can do with a card; without htmx a page of its own."""
    record = get_record(viewer(), record_id)
    layout = layout_for(viewer(), record.type)
    card = card_on(page_of(record), layout, key)
    if card is None or not card.has_menu:
        raise NotFound(f"record {record.id} has no menu for a card {key!r}")
    beside = [] if is_fragment() else cards_on(page_of(record), layout, [card.column])[card.column]
    return render(
        "layouts/card_menu.html",
        "layouts/_card_menu.html",
        record=record,
        object_type=record.type,
        card=card,
        keys=[one.key for one in beside if one.can_move],
        back_url=address_of(record.id, card.column, key),
    )


def answer_card(record: RecordRow, key: str, events: Events = (), status: int = 200, **more: Any) -> Response:
    """The card called `key` as this person sees it, its content with `more`; without htmx the page it is on.

    It has a page of its own when something is asked of it or was wrong. To htmx it is nothing once its condition is no
    longer met. Raises NotFound.
    """
    page, layout = page_of(record), layout_for(viewer(), record.type)
    column, placed = layout.column_of(key), layout.card(key)
    if column is None or placed is None:
        raise NotFound(f"{record.object_type} has no card {key!r}")
    if not is_fragment() and not request.args and status == 200:
        return redirect_to(address_of(record.id, column, key))
    page.arguments = request.args
    card = card_on(page, layout, key)
    if card is None:
        if is_fragment() and status == 200 and not holds(placed[1].condition, record):
            # It was there until the record changed, and goes from the page.
            return render_nothing(events)
        raise NotFound(f"there is nothing for the card {key!r} of record {record.id}")
    card = replace(card, content={**card.content, **more}, is_folded=card.is_folded and is_fragment())
    context = {"record": record, "object_type": record.type, "can_edit": page.can_edit, "card": card}
    back_url = address_of(record.id, column, key)
    return render(
        "layouts/card_page.html", "layouts/_card.html", events=events, status=status, back_url=back_url, **context
    )


def placed_card(record: RecordRow, key: str, kind: str) -> str:
    """The column of the card called `key`, on this person's page, that is of this kind; raises NotFound."""
    layout = layout_for(viewer(), record.type)
    found, column = layout.card(key), layout.column_of(key)
    if found is None or column is None or found[1].kind != kind:
        raise NotFound(f"{record.object_type} has no card {key!r} of the kind {kind}")
    return column


def address_of(record_id: int, column: str, key: str = "") -> str:
    """The page with a column, and with the card called `key` in view."""
    if column == Place.PREVIEW:
        return f"/records/{record_id}/preview"
    tab = "" if column in (Place.LEFT, Place.RIGHT, ACTIVITIES) else f"?tab={column}"
    return f"/records/{record_id}{tab}" + (f"#card-{key}" if key else "")


@blueprint.app_template_global()
@pass_context
def card_html(context: Context, card: ShownCard) -> Markup:
    """A card as its own template renders it, which reads what its kind answered."""
    template = context.environment.get_template(card.type.template)
    inner = template.new_context({**context.get_all(), **card.content, "card": card}, shared=True)
    return Markup("".join(template.root_render_func(inner)))  # noqa: S704 - a template escapes what it writes
