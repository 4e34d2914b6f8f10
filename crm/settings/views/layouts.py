"""/settings/objects/<objects>/layouts: the views of the record pages of an object, and who sees them (SPEC 1.7)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.accounts.queries import directory
from crm.db import unit_of_work
from crm.i18n import translate
from crm.layouts.drafts import drafts_of
from crm.layouts.editing import InvalidLayout
from crm.layouts.operations import (
    create_layout,
    delete_layout,
    free_name,
    give_layout,
    rename_layout,
    reset_default,
)
from crm.layouts.stored import DEFAULT, StoredLayout, stored_layout, stored_layouts, team_names
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_numbers

NOTHING: Mapping[str, Message] = {}
HERE = "/objects/<object_name>/layouts"
LONGEST_ID = 15
COPY_OF = N_("Copy of %(name)s")
DELETED = N_("The view is deleted. Its teams see the default view.")
IS_RESET = N_("The default view is as it was in the beginning.")


def kind_called(object_name: str) -> ObjectType:
    """The object with pages at /objects/<object_name>; raises NotFound for activities too."""
    kind = schema().by_plural(object_name)
    if kind.is_activity:
        raise NotFound(object_name)
    return kind


def layout_called(kind: ObjectType, place: str) -> StoredLayout:
    """The layout an address names: "default", or its id; raises NotFound."""
    if place == "default":
        return stored_layout(kind, DEFAULT)
    if not place.isascii() or not place.isdecimal() or len(place) > LONGEST_ID or int(place) == DEFAULT:
        raise NotFound(f"no layout {place}")
    return stored_layout(kind, int(place))


def url_of(kind: ObjectType, place: str = "") -> str:
    """The page of the layouts of an object, or of one of them."""
    base = f"/settings/objects/{kind.plural_name}/layouts"
    return f"{base}/{place}" if place else base


@blueprint.get("/record-pages")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def record_pages() -> Response:
    """Every object whose record pages can be changed."""
    return render("settings/layouts/objects.html", kinds=schema().record_types)


@blueprint.get(HERE)
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layouts(object_name: str) -> Response:
    """The default view and those of teams, and the form of a new one."""
    return list_page(kind_called(object_name))


@blueprint.post(HERE)
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def add_layout(object_name: str) -> Response:
    """Make a view with the cards of another one; 422 with what is wrong with its name."""
    kind, key = kind_called(object_name), sent_key()
    source = layout_called(kind, request.form.get("source") or "default")
    name, teams = request.form.get("name", ""), whole_numbers(request.form, "teams")
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                layout_id = create_layout(viewer(), kind, name, source.layout, str(source.name))
                give_layout(viewer(), kind, layout_id, teams)
                location = url_of(kind, str(layout_id))
                remember(key, location)
    except InvalidLayout as error:
        return list_page(kind, errors=error.errors, typed={"name": name, "source": source.place, "teams": teams})
    return redirect_to(location)


@blueprint.post(f"{HERE}/<place>/copy")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def copy_layout(object_name: str, place: str) -> Response:
    """Make another view like this one, for nobody so far."""
    kind, key = kind_called(object_name), sent_key()
    source = layout_called(kind, place)
    wanted = translate(Message(COPY_OF, name=source.name))
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                name = free_name(kind, wanted)
                layout_id = create_layout(viewer(), kind, name, source.layout, str(source.name))
                location = url_of(kind, f"{layout_id}/setup")
                remember(key, location)
    except InvalidLayout as error:
        return list_page(kind, errors={"form": next(iter(error.errors.values()))})
    return redirect_to(location)


@blueprint.get(f"{HERE}/<place>/setup")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layout_setup(object_name: str, place: str) -> Response:
    """What a view is called and which teams see it, and its end."""
    kind = kind_called(object_name)
    return _setup_page(kind, layout_called(kind, place))


@blueprint.post(f"{HERE}/<place>/setup")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def save_setup(object_name: str, place: str) -> Response:
    """Keep the name and the teams; 422 with what is wrong."""
    kind = kind_called(object_name)
    found, name, teams = layout_called(kind, place), request.form.get("name", ""), whole_numbers(request.form, "teams")
    try:
        with unit_of_work():
            rename_layout(viewer(), kind, found.id, name)
            give_layout(viewer(), kind, found.id, teams)
    except InvalidLayout as error:
        return _setup_page(kind, found, error.errors, {"name": name, "teams": teams})
    flash(N_("Saved."))
    return redirect_to(f"{url_of(kind)}#view-{place}")


@blueprint.post(f"{HERE}/<place>/removal")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def remove_layout(object_name: str, place: str) -> Response:
    """Delete a view; its teams see the default one."""
    kind = kind_called(object_name)
    found = layout_called(kind, place)
    try:
        with unit_of_work():
            delete_layout(viewer(), kind, found.id)
    except InvalidLayout as error:
        return _setup_page(kind, found, error.errors)
    flash(DELETED)
    return redirect_to(url_of(kind))


@blueprint.post(f"{HERE}/default/reset")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def reset_layout(object_name: str) -> Response:
    """Let the default view be what the program has."""
    kind = kind_called(object_name)
    with unit_of_work():
        reset_default(viewer(), kind)
    flash(IS_RESET)
    return redirect_to(url_of(kind))


def list_page(
    kind: ObjectType, errors: Mapping[str, Message] = NOTHING, typed: Mapping[str, Any] | None = None, **more: Any
) -> Response:
    """The views of an object, with what could not be taken of what was typed."""
    found = stored_layouts(kind)
    drafts = drafts_of(viewer(), kind)
    return render(
        "settings/layouts/list.html",
        status=422 if errors or more.get("faults") else 200,
        object_type=kind,
        base=url_of(kind),
        rows=[(one, team_names(one.team_ids), one.id in drafts) for one in found],
        sources=[(one.place, one.name) for one in found],
        teams=_teams(found),
        key=form_key(),
        errors=errors,
        typed={"name": "", "source": "default", "teams": [], "target": "", "import_name": "", **(typed or {})},
        **({"faults": ()} | more),
    )


def _teams(found: list[StoredLayout], but_for: int = DEFAULT) -> list[tuple[int, str, str]]:
    """Every team with the name of the view it has now, if that is another one."""
    owners = {team_id: one.name for one in found if one.id != but_for for team_id in one.team_ids}
    return [(team.id, team.name, owners.get(team.id, "")) for team in directory().teams.values()]


def _setup_page(
    kind: ObjectType,
    found: StoredLayout,
    errors: Mapping[str, Message] = NOTHING,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    return render(
        "settings/layouts/setup.html",
        status=422 if errors else 200,
        object_type=kind,
        stored=found,
        base=url_of(kind, found.place),
        list_url=url_of(kind),
        teams=_teams(stored_layouts(kind), found.id),
        errors=errors,
        typed=typed or {"name": found.name, "teams": found.team_ids},
    )
