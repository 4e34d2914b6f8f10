"""The index page: all records of an object the viewer may see, sorted, searched and paged (SPEC 5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, request

from crm.associations.queries import is_associated_with
from crm.filters.addresses import ARGUMENT, split_groups
from crm.filters.tree import Eyes
from crm.messages import InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.records.index_tools import index_tools_for
from crm.records.queries import get_passport, index_page
from crm.records.shown import with_currency
from crm.records.tables import TableState, columns_of, rows_of
from crm.records.views import blueprint
from crm.records.views.index_filters import OR_PLACE, PLACE, Editor, IndexFilter, read_filter
from crm.search.find_records import matching_condition
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number


@blueprint.get("/objects/<object_name>")
@requires(SIGNED_IN)
def index(object_name: str) -> Response:
    """One page of the table; `?q= &filter= &sort= &direction= &page-key= &associated=` are its whole state.

    `filtering` opens the form of one condition of the filter, which is taken into the address when it means something.
    """
    object_type = schema().by_plural(object_name)
    if object_type.is_activity or not viewer().may(object_type.name, Verb.VIEW):
        raise Forbidden(object_name)
    query = _Query.of(object_type)
    if PLACE not in request.args:
        return _answer(query)
    editor = Editor(object_type, request.args, split_groups(query.filter), reading_context())
    if not editor.is_final:
        return _answer(query, editor)
    try:
        done = query.with_filter(editor.texts())
    except InvalidValue as error:
        return _answer(query, editor, error.message)
    return _answer(done, push_url=done.url()) if is_fragment() else redirect_to(done.url())


def _answer(
    query: "_Query", editor: Editor | None = None, wrong: Message | None = None, push_url: str | None = None
) -> Response:
    object_type = query.object_type
    wanted = query.wanted()
    columns = object_type.layout.index_columns
    needed = with_currency(object_type, columns)
    page = index_page(viewer(), object_type, query.order, needed, query.condition(wanted), query.key)
    return render(
        "records/index.html",
        "records/_index_table.html",
        status=422 if wrong or wanted.is_broken else 200,
        push_url=push_url,
        object_type=object_type,
        tools=index_tools_for(viewer(), object_type),
        columns=columns_of(
            object_type, columns, query.order, lambda name, way: query.url(sort=name, direction=way)
        ),
        rows=rows_of(object_type, columns, page.rows, reading_context()),
        q=query.q,
        wanted=wanted,
        editor=editor,
        editor_fields=editor.fields(wrong) if editor else (),
        state=query.state() if editor else (),
        new_filter_url=query.form_url(query.filter, f"new-{max(0, len(wanted.groups) - 1)}"),
        or_url=query.form_url(query.filter, OR_PLACE),
        clear_url=query.form_url((), None),
        associated=query.associated,
        sort=query.sort,
        direction=query.direction,
        count_text=f"{page.count:,}" + ("" if page.count_is_exact else "+"),
        count_is_exact=page.count_is_exact,
        next_url=query.url(**{"page-key": page.next_key}) if page.next_key else None,
        previous_url=query.url() if query.key else None,
        here_url=query.url(**{"page-key": query.key}),
        can_create=viewer().may(object_type.name, Verb.CREATE),
    )


@dataclass(frozen=True)
class _Query(TableState):
    """The state of an index page as its address has it."""

    object_type: ObjectType
    associated: int | None
    filter: tuple[str, ...]

    @classmethod
    def of(cls, object_type: ObjectType) -> "_Query":
        """That of this request."""
        associated = request.args.get("associated")
        return cls(
            **vars(TableState.read(object_type, request.args, object_type.layout.index_columns)),
            object_type=object_type,
            associated=whole_number(associated) if associated else None,
            filter=tuple(request.args.getlist(ARGUMENT)),
        )

    def with_filter(self, texts: Sequence[str]) -> "_Query":
        """The first page with another filter."""
        return replace(self, filter=tuple(texts), key=None)

    def wanted(self) -> IndexFilter:
        """The filter, with what it comes to for this reader."""
        if not self.filter:
            return IndexFilter([], None, [])
        context = reading_context()
        eyes = Eyes.of(viewer(), context.time_zone)
        return read_filter(self.object_type, self.filter, eyes, context, self.form_url)

    def condition(self, wanted: IndexFilter) -> sa.ColumnElement[bool] | None:
        record_id = self.object_type.table.c.record_id
        conditions = [] if wanted.condition is None else [wanted.condition]
        if self.q:
            conditions.append(matching_condition(record_id, self.q))
        if self.associated is not None:
            passport = get_passport(viewer(), self.associated)
            conditions.append(is_associated_with(passport.id, passport.object_type, self.object_type.name, record_id))
        return sa.and_(*conditions) if conditions else None

    def state(self, **more: Any) -> list[tuple[str, Any]]:
        """The arguments of the address, one by one."""
        return self.arguments(**({"associated": self.associated} | more)) + [(ARGUMENT, text) for text in self.filter]

    def url(self, **more: Any) -> str:
        return f"/objects/{self.object_type.plural_name}?{urlencode(self.state(**more))}"

    def form_url(self, texts: Sequence[str], place: str | None) -> str:
        """The first page with these filters; with the form of the condition at `place` open, if any."""
        return self.with_filter(texts).url(**{PLACE: place})
