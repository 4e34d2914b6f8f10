"""/settings/objects/<objects>/board: which properties the cards on the boards of an object show (SPEC 2.9, 5.1)."""

from collections.abc import Sequence

from flask import Response, request

from crm.boards.cards import MOST_PROPERTIES, card_names, choose_cards, has_own_cards
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.settings.views.blueprint import blueprint
from crm.settings.views.pipelines import kind_called
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

CHOICE = "property"


@blueprint.get("/objects/<object_name>/board")
@requires(AccountRight.EDIT_PROPERTIES)
def board_cards(object_name: str) -> Response:
    """The properties of the cards in their order, with room for more."""
    kind = kind_called(object_name)
    return _page(kind, card_names(kind))


@blueprint.post("/objects/<object_name>/board")
@requires(AccountRight.EDIT_PROPERTIES)
def save_board_cards(object_name: str) -> Response:
    """Keep the properties in the order in which they were chosen; 422 for what is none."""
    kind = kind_called(object_name)
    names = [name for name in request.form.getlist(CHOICE) if name]
    try:
        with unit_of_work():
            choose_cards(viewer(), kind, names)
    except InvalidValue as error:
        return _page(kind, names, error.message)
    flash(N_("Saved."))
    return redirect_to(_url(kind))


@blueprint.post("/objects/<object_name>/board/reset")
@requires(AccountRight.EDIT_PROPERTIES)
def reset_board_cards(object_name: str) -> Response:
    """Go back to what cards show by themselves."""
    kind = kind_called(object_name)
    with unit_of_work():
        choose_cards(viewer(), kind, None)
    flash(N_("Cards are as they were in the beginning."))
    return redirect_to(_url(kind))


def _url(kind: ObjectType) -> str:
    return f"/settings/objects/{kind.plural_name}/board"


def _page(kind: ObjectType, names: Sequence[str], error: Message | None = None) -> Response:
    properties = sorted(kind.properties.values(), key=lambda prop: prop.label)
    return render(
        "settings/board.html",
        status=422 if error else 200,
        object_type=kind,
        base=_url(kind),
        names=[*names, *[""] * (MOST_PROPERTIES - len(names))][:MOST_PROPERTIES],
        choices=[("", N_("None")), *((prop.name, prop.label) for prop in properties)],
        has_own=has_own_cards(kind),
        errors={"form": error} if error else {},
    )
