"""What is different on the index page of an activity object: calls, meetings, tasks, e-mails, notes ... (SPEC 8.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.activities.index import Links, links_of_many, name_of
from crm.activities.queries import ActivityRow
from crm.activities.types import activity_types
from crm.clock import now
from crm.messages import N_
from crm.permissions.actions import Verb
from crm.properties.types.base import Context
from crm.records.columns import cells_of, names_read
from crm.records.queries import IndexPage, RecordRow
from crm.records.shown import Shown
from crm.records.tables import Column, Row, column_of
from crm.records.views.index_query import IndexQuery
from crm.web.auth import viewer

READ = ("title", "body", "status", "outcome", "channel", "activity_date", "ends_at", "createdate")
"""What a row is made of besides its columns, as far as its object has it."""
ON = N_("On")


@dataclass(frozen=True)
class IndexRow(Row):
    """One activity of the table: its title or the beginning of its text, and the records it is on."""

    links: Links
    is_open: bool
    is_overdue: bool
    can_complete: bool

    @property
    def url(self) -> str:
        """The activity's page."""
        return f"/activities/{self.record_id}"

    @property
    def preview_url(self) -> str:
        """The activity's preview."""
        return f"{self.url}/preview"


@dataclass(frozen=True)
class ActivityQuery(IndexQuery):
    """The state of an index page of activities as its address has it."""

    @property
    def names(self) -> Sequence[str]:
        """The properties that the page reads."""
        read = [name for name in READ if name in self.object_type.properties]
        return [*names_read(self.table_columns), *read]

    def columns(self, sort_url: Callable[[str, str], str]) -> list[Column]:
        """What it is, which records it is on, and its properties."""
        kind = self.object_type
        first = Column("name", kind.label, None, None, False)
        if "title" in kind.properties:
            first = column_of(kind, "title", self.order, sort_url)
        return [first, Column("on", ON, None, None, False), *self.heads(sort_url)]

    def rows(self, page: IndexPage, context: Context) -> Sequence[Row]:
        """The rows of the table, with the records each is on; one more query."""
        links = links_of_many(viewer(), [row.id for row in page.rows])
        moment = now()
        cells = cells_of(viewer(), self.object_type, self.table_columns, page.rows, context)
        rows = zip(page.rows, cells, strict=True)
        return [self._row(row, some, links.get(row.id, Links()), context, moment) for row, some in rows]

    def _row(
        self, row: RecordRow, cells: Sequence[Shown], links: Links, context: Context, moment: datetime
    ) -> IndexRow:
        activity = ActivityRow(row.id, self.object_type, row.owner_id, row.values["createdate"], row.values)
        is_open = activity.is_open(moment)
        may_edit = viewer().covers(self.object_type.name, Verb.EDIT, row.owner_id)
        name = name_of(activity, context.translate)
        return IndexRow(
            record_id=row.id,
            display_name=name,
            cells=[Shown("name", self.object_type.label, name), Shown("on", ON, ""), *cells],
            links=links,
            is_open=is_open,
            is_overdue=is_open and activity.moment < moment,
            can_complete=is_open and may_edit and self.object_type.name == "task",
        )

    @property
    def look(self) -> dict[str, Any]:
        """The template of the rows, and the kinds that can be logged."""
        name = self.object_type.name
        may_log = viewer().may(name, Verb.CREATE)
        return {
            "rows_template": "activities/index_rows.html",
            "kinds": [kind for kind in activity_types if kind.object_type == name] if may_log else [],
        }
