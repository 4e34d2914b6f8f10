"""/settings/permission-sets: the list, and one set as a grid of object types, verbs and scopes."""

from collections.abc import Mapping

from flask import Response, request

from crm.accounts import permission_sets as sets
from crm.accounts.operations import InvalidAccount
from crm.accounts.queries import PermissionSetEntry, directory
from crm.db import unit_of_work
from crm.i18n import translate
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight, Verb
from crm.settings.rights import RIGHT_LABELS, SCOPE_LABELS, VERB_LABELS, grid, typed_scopes
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

SETS = "/settings/permission-sets"
NOTHING: Mapping[str, Message] = {}
COPY_OF = N_("Copy of %(name)s")


@blueprint.get("/permission-sets")
@requires(SUPER_ADMIN)
def permission_sets() -> Response:
    """Every permission set with the number of people who have it."""
    known = sorted(directory().permission_sets.values(), key=lambda one: (not one.is_super_admin, one.name.casefold()))
    return render("settings/permission_sets.html", rows=[(one, sets.people_with(one.id)) for one in known])


@blueprint.get("/permission-sets/new")
@requires(SUPER_ADMIN)
def new_permission_set() -> Response:
    """The form of a new set: empty, or like the one that `copy` names."""
    copied = _copied(request.args.get("copy", ""))
    if copied is None:
        return _form(sets.SetContent("", {}, frozenset()), NOTHING)
    name = translate(Message(COPY_OF, name=copied.name))
    return _form(sets.SetContent(name, copied.scopes, copied.account_rights), NOTHING, copied=copied)


@blueprint.post("/permission-sets")
@requires(SUPER_ADMIN)
def add_permission_set() -> Response:
    """Make a set; 422 with what was chosen and what is wrong with it."""
    content, copied, key = _typed(), _copied(request.form.get("copy", "")), sent_key()
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                made = sets.create_permission_set(viewer(), content, copied.name if copied else "")
                location = f"{SETS}/{made}"
                remember(key, location)
                flash(N_("Created."))
    except InvalidAccount as error:
        return _form(content, error.errors, copied=copied)
    return redirect_to(location)


@blueprint.get("/permission-sets/<int:permission_set_id>")
@requires(SUPER_ADMIN)
def permission_set(permission_set_id: int) -> Response:
    """One set; that of super admins only says what it is."""
    found = sets.find_permission_set(permission_set_id)
    return _form(sets.SetContent(found.name, found.scopes, found.account_rights), NOTHING, shown=found)


@blueprint.post("/permission-sets/<int:permission_set_id>")
@requires(SUPER_ADMIN)
def save_permission_set(permission_set_id: int) -> Response:
    """Store what the set says from now on."""
    content = _typed()
    try:
        with unit_of_work():
            sets.change_permission_set(viewer(), permission_set_id, content)
    except InvalidAccount as error:
        return _form(content, error.errors, shown=sets.find_permission_set(permission_set_id))
    flash(N_("Saved. It holds from the next page these people open."))
    return redirect_to(f"{SETS}/{permission_set_id}")


@blueprint.post("/permission-sets/<int:permission_set_id>/removal")
@requires(SUPER_ADMIN)
def remove_permission_set(permission_set_id: int) -> Response:
    """Delete a set that nobody has."""
    found = sets.find_permission_set(permission_set_id)
    try:
        with unit_of_work():
            sets.delete_permission_set(viewer(), permission_set_id)
    except InvalidAccount as error:
        content = sets.SetContent(found.name, found.scopes, found.account_rights)
        return _form(content, error.errors, shown=found)
    flash(Message("The permission set %(name)s is deleted.", name=found.name))
    return redirect_to(SETS)


def _copied(sent: str) -> PermissionSetEntry | None:
    found = sets.find_permission_set(whole_number(sent)) if sent else None
    return None if found is None or found.is_super_admin else found


def _typed() -> sets.SetContent:
    chosen = set(request.form.getlist("right"))
    rights = frozenset(right for right in AccountRight if right in chosen)
    return sets.SetContent(request.form.get("name", ""), typed_scopes(request.form), rights)


def _form(
    content: sets.SetContent,
    errors: Mapping[str, Message],
    shown: PermissionSetEntry | None = None,
    copied: PermissionSetEntry | None = None,
) -> Response:
    rows = grid(content.scopes, errors)
    return render(
        "settings/permission_set.html",
        status=422 if errors else 200,
        shown=shown,
        copied=copied,
        content=content,
        errors=errors,
        key=form_key(),
        people=sets.people_with(shown.id) if shown else 0,
        parts=[
            (N_("Records"), [row for row in rows if not row.is_activity]),
            (N_("Activities"), [row for row in rows if row.is_activity]),
        ],
        verbs=[(verb, VERB_LABELS[verb]) for verb in Verb],
        scopes=list(SCOPE_LABELS.items()),
        rights=[(right, *words) for right, words in RIGHT_LABELS.items()],
    )
