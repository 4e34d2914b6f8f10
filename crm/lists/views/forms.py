"""Making and changing a list: its filter, edited as on an index page, and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Response, request

from crm.accounts.sharing import READERS, Visibility
from crm.db import unit_of_work
from crm.filters.addresses import ARGUMENT, split_groups
from crm.filters.tree import Eyes
from crm.lists.models import ListKind
from crm.lists.operations import Content, change_list, create_list, demand_object
from crm.lists.queries import ListRow, changeable_list, count_meeting, folders
from crm.lists.views import blueprint
from crm.lists.views.index import seen_objects
from crm.lists.views.words import DECIDING, HOME
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import Forbidden
from crm.records.errors import InvalidInput
from crm.records.views.filter_editor import OR_PLACE, PLACE, Editor
from crm.records.views.index_filters import IndexFilter, read_filter
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

OBJECT = "object"
SAID = ("name", "folder", "kind", "visibility")
LONGEST_SAID = 200


@dataclass(frozen=True)
class Draft:
    """The form of a list: a new one of `kind`, or `found`; `texts` are its filter as it stands in the address.

    `said` is what was written into the form besides, as far as that is known: without scripts it goes along.
    """

    kind: ObjectType
    texts: tuple[str, ...]
    found: ListRow | None = None
    said: tuple[tuple[str, str], ...] = ()

    @property
    def home(self) -> str:
        """The page of the form."""
        return f"{self.found.url}/edit" if self.found else f"{HOME}/new"

    @property
    def state(self) -> list[tuple[str, str]]:
        """The arguments of its address; a filter that was cleared says so."""
        own = [] if self.found else [(OBJECT, self.kind.plural_name)]
        return [*own, *self.said, *((ARGUMENT, text) for text in self.texts or ("",))]

    def url(self, texts: Sequence[str], place: str | None = None) -> str:
        """The page with another filter, and with the form of one condition open."""
        state = replace(self, texts=tuple(texts)).state
        return f"{self.home}?{urlencode([*state, *([(PLACE, place)] if place else [])])}"

    @property
    def new_place(self) -> str:
        """The form of one more condition, in the last group."""
        return f"new-{max(0, len(split_groups(self.texts)) - 1)}"

    @property
    def has_filter(self) -> bool:
        """Whether a filter can be chosen: not any more for a static list that is built."""
        return self.found is None or self.found.has_filter

    def wanted(self) -> IndexFilter:
        """The filter, with what it comes to for who writes it."""
        eyes = Eyes.of(viewer(), ZoneInfo(viewer().time_zone))
        return read_filter(self.kind, self.texts, eyes, reading_context())


@blueprint.get(f"{HOME}/new")
@requires(SIGNED_IN)
def new_list() -> Response:
    """The form of a new list of `?object=`, with the filter of the address; `filtering` opens one condition of it."""
    kind = schema().by_plural(request.args[OBJECT]) if OBJECT in request.args else None
    kind = kind or next(iter(seen_objects()), None)
    if kind is None:
        raise Forbidden("there is nothing to make lists of")
    demand_object(viewer(), kind)
    return _edit(Draft(kind, tuple(filter(None, request.args.getlist(ARGUMENT))), None, _said()))


@blueprint.get(f"{HOME}/<int:list_id>/edit")
@requires(SIGNED_IN)
def edit_list(list_id: int) -> Response:
    """The form of a list one may change, with the filter of the address or its own."""
    found = changeable_list(viewer(), list_id)
    texts = tuple(filter(None, request.args.getlist(ARGUMENT))) if ARGUMENT in request.args else found.filter
    return _edit(Draft(found.type, texts, found, _said()))


@blueprint.post(HOME)
@requires(SIGNED_IN)
def make_list() -> Response:
    """Keep a new list, and show it; `filtering` leads to the form of one of its conditions instead."""
    kind = schema().by_plural(request.form.get(OBJECT, ""))
    content = _sent(request.form.get("kind", ""))
    draft = Draft(kind, tuple(content.filter), None, _said())
    if PLACE in request.form:
        return redirect_to(draft.url(draft.texts, request.form[PLACE]))
    try:
        key = sent_key()
        with unit_of_work():
            location = once(key)
            if location is None:
                location = f"{HOME}/{create_list(viewer(), kind, content)}"
                remember(key, location)
    except InvalidInput as error:
        return _form(draft, content, error.errors)
    flash(N_("Saved."))
    return redirect_to(location)


@blueprint.post(f"{HOME}/<int:list_id>/edit")
@requires(SIGNED_IN)
def save_list(list_id: int) -> Response:
    """Change a list; `filtering` leads to the form of one of its conditions instead."""
    found = changeable_list(viewer(), list_id)
    content = _sent(found.kind)
    draft = Draft(found.type, tuple(content.filter), found, _said())
    if PLACE in request.form:
        return redirect_to(draft.url(draft.texts, request.form[PLACE]))
    version = whole_number(request.form.get("version") or str(found.version))
    try:
        with unit_of_work():
            change_list(viewer(), list_id, content, version)
    except InvalidInput as error:
        return _form(replace(draft, found=changeable_list(viewer(), list_id)), content, error.errors)
    flash(N_("Saved."))
    return redirect_to(found.url)


def _edit(draft: Draft) -> Response:
    """The form, or its filter alone; a condition that is filled in is taken into the address."""
    found = draft.found
    if found:
        content = Content(found.name, found.kind, found.folder, found.visibility, draft.texts)
    else:
        content = Content("", ListKind.ACTIVE, "", Visibility.PRIVATE, draft.texts)
    content = replace(content, **dict(draft.said))
    if PLACE not in request.args or not draft.has_filter:
        return _form(draft, content, {})
    editor = Editor(draft.kind, request.args, split_groups(draft.texts), reading_context(), viewer())
    if not editor.is_final:
        return _form(draft, content, {}, editor)
    try:
        url = draft.url(texts := editor.texts())
    except InvalidValue as error:
        return _form(draft, content, {}, editor, error.message)
    done = replace(draft, texts=tuple(texts))
    return _form(done, content, {}, push_url=url) if is_fragment() else redirect_to(url)


def _said() -> tuple[tuple[str, str], ...]:
    return tuple((name, request.values[name][:LONGEST_SAID]) for name in SAID if name in request.values)


def _sent(kind: str) -> Content:
    form = request.form
    texts = tuple(filter(None, form.getlist(ARGUMENT)))
    return Content(form.get("name", ""), kind, form.get("folder", ""), form.get("visibility", ""), texts)


def _form(
    draft: Draft,
    content: Content,
    errors: dict[str, Message],
    editor: Editor | None = None,
    wrong: Message | None = None,
    push_url: str | None = None,
) -> Response:
    wanted = draft.wanted()
    condition = wanted.condition if wanted.condition is not None else sa.true()
    here = draft.url(draft.texts)
    context: dict[str, Any] = {
        "draft": draft,
        "object_type": draft.kind,
        "objects": seen_objects(),
        "content": content,
        "errors": errors,
        "wanted": wanted,
        "editor": editor,
        "editor_fields": editor.fields(wrong) if editor else None,
        "copy_filter_url": draft.url(draft.texts, editor.copy_place) if editor and editor.copy_place else None,
        "state": draft.state,
        "filter_home": draft.home,
        "here_url": here,
        "new_filter_url": draft.url(draft.texts, draft.new_place),
        "or_url": draft.url(draft.texts, OR_PLACE),
        "clear_url": draft.url(()),
        "meeting": count_meeting(viewer(), draft.kind, condition) if draft.has_filter else None,
        "kinds": DECIDING,
        "readers": READERS.items(),
        "folders": folders(viewer()),
        "key": form_key(),
    }
    status = 422 if errors or wrong or wanted.is_broken else 200
    return render("lists/form.html", "lists/_filter.html", status=status, push_url=push_url, **context)
