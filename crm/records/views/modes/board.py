"""The board: a column for each stage of a pipeline, with cards that go from one to the next."""

from typing import Any
from urllib.parse import urlencode

from crm.boards.board import board, sum_of
from crm.boards.cards import card_names
from crm.boards.folding import folded_columns
from crm.boards.places import EVERY, chosen_pipelines
from crm.boards.views.asking import PIPELINE, asked_by, look
from crm.filters.addresses import narrowed_by, write_condition
from crm.filters.tree import Condition
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.records.tables import Arguments
from crm.records.values import type_of
from crm.records.views.index_query import IndexQuery
from crm.records.views.modes import IndexMode, index_modes
from crm.selections.listing import Listing, Narrowed
from crm.web.auth import viewer

CONTROLS = frozenset({PIPELINE, "sort", "direction"})


def _shown(query: IndexQuery, found: Narrowed, _arguments: Arguments) -> dict[str, Any]:
    kind, asked = query.object_type, asked_by(query, found)
    columns = board(asked, folded_columns(viewer(), kind))
    whole, some = sum_of(columns), look(query)
    has_cards = any(column.cards for column in columns)
    return {
        **some,
        "columns": columns,
        "whole": whole,
        "count_text": whole.text,
        "selection_actions": some["selection_actions"] if has_cards else [],
        "pipelines": asked.pipelines,
        "pipeline_choices": [(one.name, one.label) for one in kind.pipelines] + [(EVERY, N_("All pipelines"))],
        "pipeline": query.options.get(PIPELINE) or kind.first_pipeline.name,
        "sorts": _sorts(query),
        "sort": query.sort,
        "direction": query.direction,
        "bar_state": [pair for pair in query.state() if pair[0] not in CONTROLS],
        "settings_url": _settings_url(kind),
        "export_url": _export_url(query),
        # A board reads part of every column: "all that match" would be more than it shows.
        "next_url": None,
        "previous_url": None,
    }


def _sorts(query: IndexQuery) -> list[tuple[str, str]]:
    """What cards can be sorted by: what they show, what the table shows, and whatever they are sorted by now."""
    kind = query.object_type
    names = dict.fromkeys((*kind.layout.primary_display, *card_names(kind), *kind.layout.index_columns, query.sort))
    known = [kind.properties[name] for name in names if name in kind.properties]
    left_out = {prop.name for prop in (kind.pipeline_property, kind.stage_property) if prop}
    return [(one.name, one.label) for one in known if type_of(one).is_sortable and one.name not in left_out]


def _settings_url(kind: ObjectType) -> str | None:
    if not viewer().has_right(AccountRight.EDIT_PROPERTIES):
        return None
    return f"/settings/objects/{kind.plural_name}/board"


def _export_url(query: IndexQuery) -> str | None:
    if not viewer().has_right(AccountRight.EXPORT):
        return None
    return f"/objects/{query.object_type.plural_name}/export?{urlencode(query.state())}"


def _listing(query: IndexQuery) -> Listing:
    """What the board asks for: without the records of pipelines that it leaves out."""
    kind = query.object_type
    pipelines = chosen_pipelines(kind, query.options.get(PIPELINE, ""))
    if kind.pipeline_property is None or len(pipelines) == len(kind.pipelines):
        return query.listing
    text = write_condition(Condition(kind.pipeline_property.name, "any", tuple(one.name for one in pipelines)))
    return query.with_filter(narrowed_by(query.filter, text)).listing


def _is_for(kind: ObjectType) -> bool:
    return kind.stage_property is not None and kind.pipeline_property is not None and bool(kind.pipelines)


index_modes.register(
    IndexMode(
        "board",
        N_("Board"),
        "columns",
        "boards/board.html",
        is_for=_is_for,
        shown=_shown,
        bar="boards/_bar.html",
        options=(PIPELINE,),
        listing=_listing,
        position=10,
    )
)
