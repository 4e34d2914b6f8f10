"""/settings/data-model: the objects and how they hang together, as a picture and as a table (SPEC 2.2, DB-39)."""

from flask import Response, request

from crm.permissions.actions import AccountRight, Verb
from crm.settings.data_model import CARD, CHIP, Wishes, data_model
from crm.settings.object_pages import object_pages_for
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.htmx import render

LONGEST_SEARCH = 60


@blueprint.get("/data-model")
@requires(AccountRight.EDIT_PROPERTIES)
def show_data_model() -> Response:
    """The picture and the table; `?q= &used= &activities=` say what is in them."""
    wishes = Wishes(
        q=" ".join(request.args.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH],
        only_used="used" in request.args,
        with_activities="activities" in request.args,
    )
    person, picture = viewer(), data_model(viewer(), wishes)
    return render(
        "settings/data_model.html",
        wishes=wishes,
        picture=picture,
        card_size=CARD,
        chip_size=CHIP,
        tabs={card.kind.name: object_pages_for(person, card.kind) for card in picture.cards},
        visible={card.kind.name for card in picture.cards if person.may(card.kind.name, Verb.VIEW)},
        bonds={
            card.kind.name: [line.bond for line in picture.lines if card.kind in (line.bond.one, line.bond.other)]
            for card in picture.cards
        },
    )
