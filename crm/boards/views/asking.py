"""The board that the address of an index page asks for, and what its templates need besides."""

from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from crm.boards.board import Asked
from crm.boards.places import Place, chosen_pipelines
from crm.objects.pipeline_changes import with_pipelines
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.views.index_query import IndexQuery
from crm.selections.listing import Narrowed
from crm.selections.registry import actions_for
from crm.web.auth import viewer
from crm.web.context import reading_context

PIPELINE = "pipeline"


def query_of(object_name: str, given: MultiDict[str, str]) -> IndexQuery:
    """The state of the board; raises NotFound for an object without pipelines, Forbidden for a hidden one."""
    kind = with_pipelines(schema().by_plural(object_name).name)
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(object_name)
    return IndexQuery.of(kind, given)


def asked_by(query: IndexQuery, found: Narrowed | None = None) -> Asked:
    """What the board reads; `found` is what search and filter leave, where somebody has looked already."""
    kind = query.object_type
    found = found or query.narrowed(query.wanted())
    pipelines = chosen_pipelines(kind, query.options.get(PIPELINE, ""))
    return Asked(viewer(), kind, pipelines, query.order, found.condition, reading_context())


def place_called(asked: Asked, key: str) -> Place:
    """The column of that key; raises NotFound."""
    place = next((place for place in asked.places if place.key == key), None)
    if place is None:
        raise NotFound(f"the board has no column {key!r}")
    return place


def look(query: IndexQuery) -> dict[str, Any]:
    """What every template of the board needs: its addresses and state, and what can be done with ticked cards."""
    kind = query.object_type
    return {
        "here": f"/objects/{kind.plural_name}/board",
        "board_url": query.url(),
        "state_text": urlencode(query.state()),
        "selection_actions": actions_for(viewer(), kind),
        "filter_mark": query.mark,
        "beginnings": _beginnings(kind),
    }


def _beginnings(kind: ObjectType) -> frozenset[str]:
    """The stages in which this person may make records, by a form that asks for the stage."""
    asks = kind.stage_property is not None and kind.stage_property.name in dict(kind.layout.create_form)
    if not asks or not viewer().may(kind.name, Verb.CREATE):
        return frozenset()
    open_ones = (one for one in kind.stages.values() if viewer().is_super_admin or one.allows_creation)
    return frozenset(one.name for one in open_ones if not one.is_leaving)
