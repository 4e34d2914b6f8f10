"""The index page: all records of an object the viewer may see, sorted, searched and paged (SPEC 5.1, 8.1)."""

from typing import Any

from flask import Response, request

from crm.filters.addresses import split_groups
from crm.messages import InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden
from crm.records.index_tools import index_tools_for
from crm.records.views import blueprint
from crm.records.views.filter_editor import OR_PLACE, PLACE, Editor
from crm.records.views.index_activities import ActivityQuery
from crm.records.views.index_query import IndexQuery
from crm.records.views.modes import index_modes, modes_for
from crm.records.views.quick_filters import QUICK, shown_quick_filters, with_quick_filter
from crm.reports.report import report_url
from crm.saved_views.queries import tabs_of
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render


@blueprint.get("/objects/<object_name>")
@requires(SIGNED_IN)
def index(object_name: str) -> Response:
    """One page of a view; `?view= &q= &filter= &sort= &direction= &columns= &mode= &page-key= &associated=` say which.

    `filtering` opens the form of one condition of the filter, which is taken into the address when it means something;
    `quick` is one of the quick filters that was clicked.
    """
    object_type = schema().by_plural(object_name)
    if not viewer().may(object_type.name, Verb.VIEW):
        raise Forbidden(object_name)
    query = (ActivityQuery if object_type.is_activity else IndexQuery).of(object_type, request.args)
    if QUICK in request.args:
        return _moved(with_quick_filter(query, request.args[QUICK]))
    if PLACE not in request.args:
        return _answer(query)
    editor = Editor(object_type, request.args, split_groups(query.filter), reading_context(), viewer())
    if not editor.is_final:
        return _answer(query, editor)
    try:
        done = query.with_filter(editor.texts())
    except InvalidValue as error:
        return _answer(query, editor, error.message)
    return _moved(done)


def _moved(query: IndexQuery) -> Response:
    return _answer(query, push_url=query.url()) if is_fragment() else redirect_to(query.url())


def _answer(
    query: IndexQuery, editor: Editor | None = None, wrong: Message | None = None, push_url: str | None = None
) -> Response:
    kind, wanted = query.object_type, query.wanted()
    found = query.narrowed(wanted)
    mode: Any = index_modes.get(query.mode)
    shown = mode.shown(query, found, request.args)
    return render(
        "records/index.html",
        "records/_index_table.html",
        status=422 if wrong or wanted.is_broken else 200,
        push_url=push_url,
        object_type=kind,
        tools=index_tools_for(viewer(), kind),
        view=query.view,
        view_tabs=tabs_of(viewer(), kind),
        is_changed=query.is_changed,
        may_change_view=query.view.may_change(viewer()),
        view_state=query.changes(),
        modes=[(one, query.url(mode=one.name)) for one in modes_for(kind)],
        mode=mode,
        note=found.note,
        **query.look,
        q=query.q,
        wanted=wanted,
        quick_filters=shown_quick_filters(query),
        quick_url=query.url_of("quick-filters"),
        editor=editor,
        editor_fields=editor.fields(wrong) if editor else None,
        copy_filter_url=query.form_url(query.filter, editor.copy_place) if editor and editor.copy_place else None,
        new_filter_url=query.form_url(query.filter, f"new-{max(0, len(wanted.groups) - 1)}"),
        or_url=query.form_url(query.filter, OR_PLACE),
        clear_url=query.form_url((), None),
        save_list_url=None if kind.is_activity else query.list_url,
        report_url=report_url(mode.listing(query)),
        is_left=query.is_left,
        can_create=viewer().may(kind.name, Verb.CREATE),
        may_export=viewer().has_right(AccountRight.EXPORT),
        **({"state": query.state(), "here_url": query.url(**{"page-key": query.key})} | shown),
    )
