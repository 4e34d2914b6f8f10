"""What is done with the rows ticked on a list: asked for what it needs, then begun (SPEC 5.1)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from crm.bulk.operations import begin
from crm.bulk.queries import Run, get_run
from crm.bulk.views import flash_run
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.errors import Forbidden, NotFound
from crm.records.counts import bounded_text
from crm.records.queries import COUNT_LIMIT
from crm.records.views.index_query import IndexQuery
from crm.selections.assigning import FEW
from crm.selections.registry import Asking, SelectionAction, actions_for
from crm.selections.selection import Selection, all_of, count_of, ids_of, settled, some, stored
from crm.web.auth import SIGNED_IN, requires, takes_files, viewer
from crm.web.context import reading_context
from crm.web.form_data import with_files
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_numbers

blueprint = Blueprint("selections", __name__)

ALL, MARK = "all", "mark"
VALUE = "value"
"""What a form calls files that are to be written to a property."""
CHANGED = N_("Somebody changed this view in the meantime. Look at what it shows now, and choose again.")


@blueprint.get("/objects/<object_name>/selected")
@requires(SIGNED_IN)
def ask(object_name: str) -> Response:
    """The form of `?action=` for the rows `id`, or with `all=1` for all that the rest of the address lists.

    What is done on a page of its own leads there.
    """
    query = IndexQuery.of(schema().by_plural(object_name), request.args)
    action = _action(query, request.args)
    page = _page(query, action) if action.page is not None else None
    return redirect_to(page) if page else _form(query, action, request.args)


@blueprint.post("/objects/<object_name>/selected")
@requires(SIGNED_IN)
@takes_files
def act(object_name: str) -> Response:
    """Begin it, and go back to the list, which says how far it has come; the form again when something is missing."""
    query = IndexQuery.of(schema().by_plural(object_name), request.form)
    action = _action(query, request.form)
    if not action.bulk_kind:
        raise NotFound(f"{action.name} is not begun here")
    key, given = sent_key(), with_files(VALUE)
    try:
        # Read, searched and counted before the unit of work, which keeps other writers waiting.
        selection = settled(viewer(), _selection(query, given))
        chosen = action.settings(_asking(query, given))
        amount = count_of(viewer(), selection)
        if refused := action.refused(viewer(), query.object_type, amount):
            raise InvalidValue(refused)
        with unit_of_work():
            known = once(key)
            if known is None:
                run = _begin(action, selection, amount, chosen)
                remember(key, f"/bulk/{run.id}")
    except InvalidValue as error:
        return _form(query, action, given, error.message)
    if known is not None:
        return redirect_to(known)
    flash_run(get_run(viewer(), run.id))
    return redirect_to(query.url())


def _begin(action: SelectionAction, selection: Selection, amount: int, chosen: Mapping[str, Any]) -> Run:
    settings = {"selection": stored(selection), "is_few": amount <= FEW, "is_many": amount > 1, **chosen}
    return begin(viewer(), action.bulk_kind, settings, record_id=chosen.get("record_id"), total=amount)


def _page(query: IndexQuery, action: SelectionAction) -> str | None:
    """Where an action that has a page of its own is done, None when it cannot be done with these rows."""
    assert action.page is not None
    assert action.exactly is not None
    try:
        ids = ids_of(viewer(), _selection(query, request.args), None, action.exactly + 1)
    except InvalidValue:
        return None
    return action.page(ids) if action.refused(viewer(), query.object_type, len(ids)) is None else None


def _asking(query: IndexQuery, given: MultiDict[str, str]) -> Asking:
    return Asking(viewer(), query.object_type, given, reading_context())


def _action(query: IndexQuery, given: MultiDict[str, str]) -> SelectionAction:
    """The action asked for, else the first there is; raises Forbidden for one that is not offered to this person."""
    name, offered = given.get("action", ""), actions_for(viewer(), query.object_type)
    found = next((one for one in offered if not name or one.name == name), None)
    if found is None:
        raise Forbidden(f"{viewer().name} may not do {name!r} with {query.object_type.plural_name}")
    return found


def _selection(query: IndexQuery, given: MultiDict[str, str]) -> Selection:
    if given.get(ALL) != "1":
        return some(query.listing, whole_numbers(given, "id"))
    if given.get(MARK, query.mark) != query.mark:
        raise InvalidValue(CHANGED)
    return all_of(query.listing)


def _form(
    query: IndexQuery, action: SelectionAction, given: MultiDict[str, str], error: Message | None = None
) -> Response:
    """The form, or why nothing can be done with what was chosen."""
    count, kind = 0, query.object_type
    try:
        count = count_of(viewer(), _selection(query, given), COUNT_LIMIT + 1)
    except InvalidValue as wrong:
        error = error or wrong.message
    refused = action.refused(viewer(), kind, count) if count else None
    state = [*query.state(), ("action", action.name)]
    all_of_them = [(ALL, "1"), (MARK, given.get(MARK, query.mark))]
    state += all_of_them if given.get(ALL) == "1" else [("id", one) for one in whole_numbers(given, "id")]
    return render(
        "selections/selected.html",
        "selections/_selected.html",
        status=422 if error and request.method == "POST" else 200,
        object_type=kind,
        action=action,
        here=f"/objects/{kind.plural_name}/selected",
        back_url=query.url(),
        state=state,
        state_text=urlencode(state),
        count=count,
        count_text=bounded_text(count, COUNT_LIMIT),
        is_all=given.get(ALL) == "1",
        error=refused or error,
        refused=refused,
        key=form_key(),
        **action.shown(_asking(query, given)),
    )
