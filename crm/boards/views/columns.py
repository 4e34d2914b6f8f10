"""/objects/<objects>/board/columns/<stage_name>: the cards after those that a column begins with, and its folding."""

from flask import Response, request

from crm.boards.board import BoardColumn, board, one_column
from crm.boards.folding import fold_column
from crm.boards.totals import Totals
from crm.boards.views import blueprint
from crm.boards.views.asking import asked_by, look, place_called, query_of
from crm.db import unit_of_work
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

FOLD, COLUMN = "fold", "boards/_column.html"


@blueprint.get("/objects/<object_name>/board/columns/<stage_name>")
@requires(SIGNED_IN)
def more(object_name: str, stage_name: str) -> Response:
    """The cards of one column after `?page-key=`, and where there are more."""
    query = query_of(object_name, request.args)
    asked = asked_by(query)
    place = place_called(asked, stage_name)
    cards, next_key = one_column(asked, place, query.key)
    return render(
        "boards/more.html",
        "boards/_more.html",
        place=place,
        cards=cards,
        next_key=next_key,
        state=query.state(),
        next_url=None,
        previous_url=None,
        count_text="",
        object_type=query.object_type,
        **look(query),
    )


@blueprint.post("/objects/<object_name>/board/columns/<stage_name>/fold")
@requires(SIGNED_IN)
def fold(object_name: str, stage_name: str) -> Response:
    """Fold the column or, with `fold=0`, unfold it, for this person; the column as it is then."""
    query = query_of(object_name, request.args)
    asked = asked_by(query)
    place = place_called(asked, stage_name)
    is_folded = request.form.get(FOLD) != "0"
    with unit_of_work():
        fold_column(viewer(), query.object_type, place.key, is_folded)
    if not is_fragment():
        return redirect_to(query.url())
    others = {one.key for one in asked.places if one.key != place.key}
    columns = board(asked, others | {place.key} if is_folded else others)
    shown = next((one for one in columns if one.place.key == place.key), BoardColumn(place, Totals()))
    return render(COLUMN, COLUMN, column=shown, object_type=query.object_type, **look(query))
