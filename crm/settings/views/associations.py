"""/settings/associations: which objects are associated, their labels and limits (SPEC 6.3, DB-40)."""

from collections.abc import Mapping

from flask import Response, request

from crm.associations.labels import MOST_LABELS, create_label
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.settings.associations import (
    WAYS,
    Conflict,
    Direction,
    Pair,
    change_limits,
    pair_called,
    pairs,
    read_limit,
)
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

HERE = "/objects/<object_name>/associations/<other_name>"
NOTHING: Mapping[str, Message] = {}
LabelForm = tuple[str, str]


@blueprint.get("/associations")
@requires(SUPER_ADMIN)
def associations() -> Response:
    """Every pair of objects with its labels and limits."""
    return render("settings/associations.html", pairs=pairs(), most=MOST_LABELS)


@blueprint.get("/objects/<object_name>/associations")
@requires(SUPER_ADMIN)
def object_associations(object_name: str) -> Response:
    """The pairs of one object."""
    kind = schema().by_plural(object_name)
    if kind.is_activity:
        raise NotFound(f"{object_name} are put on records")
    return render("settings/object_associations.html", object_type=kind, pairs=pairs(kind), most=MOST_LABELS)


@blueprint.get(HERE)
@requires(SUPER_ADMIN)
def association(object_name: str, other_name: str) -> Response:
    """One pair: its labels, the form of a new one, and its limits."""
    return _page(pair_called(object_name, other_name))


@blueprint.post(f"{HERE}/labels")
@requires(SUPER_ADMIN)
def add_label(object_name: str, other_name: str) -> Response:
    """Make a label of one word, or of two; 422 with what is wrong with them."""
    pair, key = pair_called(object_name, other_name), sent_key()
    typed = (request.form.get("text", ""), request.form.get("inverse_text", ""))
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                type_id = create_label(viewer(), pair.one.name, pair.other.name, *typed)
                location = f"{pair.url}/labels/{type_id}"
                remember(key, location)
    except InvalidDefinition as error:
        return _page(pair, typed=typed, errors=error.errors)
    return redirect_to(location)


@blueprint.post(f"{HERE}/limits")
@requires(SUPER_ADMIN)
def save_limits(object_name: str, other_name: str) -> Response:
    """Set how many a record of each may have; 422 for what is no number, 409 when somebody else set it meanwhile."""
    pair = pair_called(object_name, other_name)
    try:
        changed_limits(pair.directions)
    except InvalidDefinition as error:
        return _page(pair, errors=error.errors)
    except Conflict as error:
        return _page(pair_called(object_name, other_name), conflict=error.message)
    flash(N_("Saved."))
    return redirect_to(f"{pair.url}#limits")


def changed_limits(directions: list[Direction]) -> None:
    """Take the limits of the form; raises InvalidDefinition by the names of its controls, and Conflict."""
    form, errors, wanted = request.form, {}, {}
    for way in directions:
        try:
            wanted[way.name] = read_limit(form.get(f"limit_{way.name}", ""), form.get(f"number_{way.name}", ""))
        except InvalidValue as error:
            errors[f"number_{way.name}"] = error.message
    if errors:
        raise InvalidDefinition(errors)
    seen = {way.name: form.get(f"seen_{way.name}", "") for way in directions}
    with unit_of_work():
        change_limits(viewer(), directions, seen, wanted)


def typed_limits(directions: list[Direction], is_refused: bool) -> list[tuple[Direction, str, str]]:
    """The directions with what their controls hold: what is stored, or what was typed into a form that was refused."""
    found = []
    for way in directions:
        stored = "many" if way.limit is None else "one" if way.limit == 1 else "number"
        number = str(way.limit) if stored == "number" else ""
        if is_refused and f"limit_{way.name}" in request.form:
            stored, number = request.form[f"limit_{way.name}"], request.form.get(f"number_{way.name}", "")
        found.append((way, stored, number))
    return found


def _page(
    pair: Pair, typed: LabelForm = ("", ""), errors: Mapping[str, Message] = NOTHING, conflict: Message | None = None
) -> Response:
    return render(
        "settings/association.html",
        status=409 if conflict else 422 if errors else 200,
        object_type=pair.one,
        pair=pair,
        limits=typed_limits(pair.directions, bool(errors or conflict)),
        ways=WAYS,
        typed=typed,
        errors=errors,
        conflict=conflict,
        most=MOST_LABELS,
        key=form_key(),
    )
