"""The table: a row for each record, paged by key."""

from typing import Any

from crm.messages import N_
from crm.records.counts import count_text
from crm.records.queries import index_page
from crm.records.table_look import USUAL_WIDTH, look_of
from crm.records.tables import Arguments
from crm.records.views.index_query import IndexQuery
from crm.records.views.modes import IndexMode, index_modes
from crm.selections.listing import Narrowed
from crm.selections.registry import actions_for
from crm.selections.totals import is_addable
from crm.web.auth import viewer
from crm.web.context import reading_context


def _shown(query: IndexQuery, found: Narrowed, arguments: Arguments) -> dict[str, Any]:
    kind, look = query.object_type, look_of(viewer(), query.object_type)
    page = index_page(viewer(), kind, query.order, query.names, found.condition, query.key, look.page_size)
    columns = query.columns(query.sort_url)
    return {
        "columns": columns,
        "rows": query.rows(page, reading_context()),
        "look": look,
        "usual_width": USUAL_WIDTH,
        "can_add_up": any(one.is_own and one.prop and is_addable(one.prop) for one in query.table_columns),
        "selection_actions": actions_for(viewer(), kind) if page.rows else [],
        "filter_mark": query.mark,
        "count_text": count_text(page.count, page.count_is_exact),
        "count_is_exact": page.count_is_exact,
        "columns_url": query.url_of("columns"),
        "settings_url": query.url_of("table-settings"),
        "count_url": query.url_of("count"),
        "totals_url": query.url_of("totals"),
        "next_url": query.url(**{"page-key": page.next_key}) if page.next_key else None,
        "previous_url": query.url() if query.key else None,
    }


index_modes.register(
    IndexMode(
        "table",
        N_("Table"),
        "table",
        "records/index_as_table.html",
        is_for=lambda _kind: True,
        shown=_shown,
        position=0,
        bar="records/_table_bar.html",
    )
)
