"""The quick filters above a list: shown, taken into its address, and which there are for somebody (SPEC 5.2)."""

from collections.abc import Sequence

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.accounts.operations import change_preference
from crm.db import unit_of_work
from crm.filters.quick import MOST, QuickFilter, can_be_quick, quick_filters, quick_names, with_quick
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.properties.types.base import Choice
from crm.records.views import blueprint
from crm.records.views.index_query import IndexQuery
from crm.web.auth import SIGNED_IN, forget_viewer, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render

QUICK, NAME, USUAL = "quick", "name", "usual"
PREFERENCE = "quick_filters"
TOO_MANY = N_("At most %(limit)s quick filters.")


def shown_quick_filters(query: IndexQuery) -> list[QuickFilter]:
    """Those of the reader over the filter of a page."""
    names = quick_names(query.object_type, _chosen(query.object_type))
    return quick_filters(query.object_type, names, query.filter, reading_context())


def with_quick_filter(query: IndexQuery, asked: str) -> IndexQuery:
    """The first page with what was clicked."""
    return query.with_filter(with_quick(query.filter, asked))


@blueprint.get("/objects/<object_name>/quick-filters")
@requires(SIGNED_IN)
def show_quick_filters(object_name: str) -> Response:
    """The form of which quick filters somebody wants above the list of the rest of the address."""
    return _form(_query(object_name, request.args))


@blueprint.post("/objects/<object_name>/quick-filters")
@requires(SIGNED_IN)
def choose_quick_filters(object_name: str) -> Response:
    """Keep the choice for this person, and go back to the list."""
    query = _query(object_name, request.form)
    kind, names = query.object_type, list(dict.fromkeys(request.form.getlist(NAME)))
    if USUAL in request.form:
        names = []
    if len(names) > MOST:
        return _form(query, names, Message(TOO_MANY, limit=MOST))
    known = [name for name in names if any(name == choice.value for choice in _offered(kind))]
    with unit_of_work():
        change_preference(viewer(), PREFERENCE, lambda before: _kept(before, kind, known))
    forget_viewer()
    return redirect_to(query.url())


def _query(object_name: str, given: MultiDict[str, str]) -> IndexQuery:
    kind = schema().by_plural(object_name)
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(object_name)
    return IndexQuery.of(kind, given)


def _form(query: IndexQuery, names: Sequence[str] | None = None, wrong: Message | None = None) -> Response:
    kind = query.object_type
    return render(
        "records/quick_filters.html",
        status=422 if wrong else 200,
        object_type=kind,
        offered=_offered(kind),
        chosen=quick_names(kind, _chosen(kind)) if names is None else names,
        is_own=bool(_chosen(kind)),
        most=MOST,
        wrong=wrong,
        state=query.state(),
        back_url=query.url(),
    )


def _offered(kind: ObjectType) -> list[Choice]:
    translate = reading_context().translate
    found = [Choice(one.name, translate(one.label)) for one in kind.properties.values() if can_be_quick(one)]
    return sorted(found, key=lambda choice: (choice.label.casefold(), choice.value))


def _chosen(kind: ObjectType) -> Sequence[str]:
    return (viewer().preferences.get(PREFERENCE) or {}).get(kind.name) or ()


def _kept(before: dict[str, list[str]] | None, kind: ObjectType, names: list[str]) -> dict[str, list[str]] | None:
    kept = {**(before or {}), kind.name: names}
    return {name: chosen for name, chosen in kept.items() if chosen} or None
