"""One list: who is on it, as on an index page, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.accounts.queries import directory
from crm.accounts.sharing import READERS
from crm.filters.addresses import ARGUMENT, read_condition, split_groups, write_condition
from crm.filters.describing import describe
from crm.filters.tree import Condition
from crm.lists.naming import MEMBERSHIP
from crm.lists.queries import ListRow, get_list, on_lists
from crm.lists.sizes import size_graph
from crm.lists.uses import uses_of
from crm.lists.views import blueprint
from crm.lists.views.words import HOME, KINDS
from crm.messages import InvalidValue
from crm.permissions.actions import AccountRight
from crm.records.views.index_filters import IndexFilter
from crm.records.views.index_query import VIEW, IndexQuery
from crm.records.views.modes import index_modes
from crm.saved_views.standard import ALL
from crm.saved_views.state import MODE, TABLE
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render

KEPT = ("q", "sort", "direction", "page-key", "columns")


@dataclass(frozen=True)
class MembersQuery(IndexQuery):
    """The index page of a list's object, narrowed to its members, at an address of its own."""

    list_id: int = 0

    @classmethod
    def on(cls, one: ListRow, given: MultiDict[str, str]) -> Self:
        """That of these arguments; what is done with all rows is done with the members, as the filter says."""
        said = MultiDict({name: given[name] for name in KEPT if given.get(name)})
        said |= MultiDict({VIEW: ALL, MODE: TABLE, ARGUMENT: membership_text(one.id)})
        return replace(cls.of(one.type, said), list_id=one.id)

    def wanted(self) -> IndexFilter:
        """The members, whom nobody has to look up: the page was let in by the list itself."""
        return IndexFilter([], on_lists((self.list_id,), self.object_type.table.c.record_id), [])

    def url(self, **more: Any) -> str:
        """The address of the first page, with `more` over its arguments."""
        return f"{HOME}/{self.list_id}?{urlencode(self.arguments(**more))}".rstrip("?")


def membership_text(list_id: int) -> str:
    """The filter of an address that asks for the members of a list."""
    return write_condition(Condition(MEMBERSHIP, "any", (str(list_id),)))


@blueprint.get(f"{HOME}/<int:list_id>")
@requires(SIGNED_IN)
def show_list(list_id: int) -> Response:
    """A page of the members: `?q= &sort= &direction= &page-key=` are its whole state."""
    one = get_list(viewer(), list_id)
    query = MembersQuery.on(one, request.args)
    wanted = query.wanted()
    found = query.narrowed(wanted)
    mode: Any = index_modes.get(TABLE)
    return render(
        "lists/show.html",
        "lists/_members.html",
        **shown(one),
        mode=mode,
        note=found.note,
        **query.look,
        q=query.q,
        wanted=wanted,
        state=query.state(),
        here_url=query.url(**{"page-key": query.key}),
        is_left=False,
        can_create=False,
        **mode.shown(query, found, request.args),
    )


@blueprint.get(f"{HOME}/<int:list_id>/details")
@requires(SIGNED_IN)
def show_details(list_id: int) -> Response:
    """What a list is made by, how its size went, and where it is used."""
    one = get_list(viewer(), list_id)
    return render(
        "lists/details.html",
        **shown(one),
        groups=[[_said(one, part) for part in group] for group in split_groups(one.filter)],
        graph=size_graph(viewer(), one),
        uses=uses_of(viewer(), [one])[one.id],
    )


def _said(one: ListRow, text: str) -> str:
    """A condition in words; of one that asks for what the reader may not know, or that means nothing, that it does."""
    context = reading_context()
    try:
        return describe(one.type, read_condition(text), context)
    except InvalidValue as error:
        return str(context.translate(error.message))


def shown(one: ListRow) -> Mapping[str, Any]:
    """What the head of every page of a list shows."""
    return {
        "list": one,
        "object_type": one.type,
        "list_kind": dict(KINDS)[one.kind],
        "readers": READERS.get(one.visibility, ""),
        "owner": directory().name_of(one.owner_id),
        "updated_at": one.updated_at(viewer()),
        "may_change": one.may_change(viewer()),
        "index_url": f"/objects/{one.type.plural_name}?{urlencode({ARGUMENT: membership_text(one.id)})}",
        "export_url": f"/objects/{one.type.plural_name}/export?{urlencode({ARGUMENT: membership_text(one.id)})}",
        "may_export": viewer().has_right(AccountRight.EXPORT),
    }
