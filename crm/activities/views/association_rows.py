"""What the associations pop-up shows: its tabs, its rows, why each is there, and what can be done to all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from crm.accounts.queries import directory
from crm.activities.allowed import not_taken
from crm.activities.link_pages import page_of_links, reasons_of_links
from crm.activities.queries import ActivityRow, LinkedRecord, get_activity, link_counts
from crm.activities.reasons import reasons
from crm.bulk.queries import Run, runs_of
from crm.clock import now
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.search.associating_all import ASSOCIATE_ALL, offered
from crm.search.find_records import find_records

ALL = N_("Associations")
FOUND_LIMIT = 50
RUN_IS_SHOWN = timedelta(minutes=10)


@dataclass(frozen=True)
class Tab:
    """One tab: the `name` of an object in addresses, "" for all, and on how many of its records the activity is."""

    name: str
    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class LinkRow:
    """A record the activity is on, or could be; why it is, by whom and since when."""

    record_id: int
    name: str
    label: str
    is_ticked: bool
    is_locked: bool = False
    is_last: bool = False
    why: str | Message = ""
    who: str = ""
    moment: datetime | None = None

    @property
    def url(self) -> str:
        """The record's page."""
        return f"/records/{self.record_id}"


@dataclass(frozen=True)
class Popup:
    """What the pop-up is asked for, and after `read` what it shows.

    `offered` is how many more records could be put on at once (None: very many), where `may_offer`; `is_cut` says that
    the search found more than is listed. `said` tells what was just done, `undo_id` the record it was taken off.
    """

    activity_id: int
    object_name: str = ""
    q: str = ""
    key: str = ""
    error: Message | None = None
    said: Message | None = None
    undo_id: int | None = None
    tabs: Sequence[Tab] = ()
    rows: Sequence[LinkRow] = ()
    total: int = 0
    next_key: str = ""
    is_cut: bool = False
    may_offer: bool = False
    offered: int | None = None
    run: Run | None = None

    @property
    def object_type(self) -> ObjectType | None:
        """The object whose tab is open, None for all."""
        return schema().by_plural(self.object_name) if self.object_name else None

    @property
    def here(self) -> str:
        """The address of the pop-up."""
        return f"/activities/{self.activity_id}/associations"

    def url(self, **other: str) -> str:
        """The address of the pop-up as it is, or with `object`, `q` or `page-key` (as `key`) otherwise."""
        state = {"object": self.object_name, "q": self.q, "key": ""} | other
        state["page-key"] = state.pop("key")
        asked = {name: value for name, value in state.items() if value}
        return self.here + (f"?{urlencode(asked)}" if asked else "")

    def read(self, viewer: Viewer) -> "Popup":
        """The same with all it shows; raises NotFound, InvalidValue for a key that is none."""
        activity = get_activity(viewer, self.activity_id)
        counts = link_counts(viewer, self.activity_id)
        total = sum(counts.values())
        may_edit = viewer.covers(activity.object_type.name, Verb.EDIT, activity.owner_id)
        found = replace(self, total=total, tabs=self._tabs(viewer, activity, counts))
        found = found._with_rows(viewer, may_edit, total)
        if may_edit and self.object_type is not None:
            amount = offered(viewer, self.activity_id, self.object_type.name, self.q)
            found = replace(found, may_offer=amount != 0, offered=amount)
        return replace(found, run=run_shown(viewer, self.activity_id))

    def _tabs(self, viewer: Viewer, activity: ActivityRow, counts: dict[str, int]) -> list[Tab]:
        tabs = [Tab("", ALL, sum(counts.values()), self.here, not self.object_name)]
        for kind in schema().record_types:
            amount = counts.get(kind.name, 0)
            if viewer.may(kind.name, Verb.VIEW) and (amount or not_taken(kind.name, activity.object_type) is None):
                url = f"{self.here}?object={kind.plural_name}"
                is_current = kind.plural_name == self.object_name
                tabs.append(Tab(kind.plural_name, kind.plural_label, amount, url, is_current))
        return tabs

    def _with_rows(self, viewer: Viewer, may_edit: bool, total: int) -> "Popup":
        if self.object_type is not None and self.q:
            found = find_records(viewer, self.q, self.object_type.name, FOUND_LIMIT + 1)
            shown = found[:FOUND_LIMIT]
            linked = reasons_of_links(viewer, self.activity_id, [one.record_id for one in shown])
            entries = [
                linked.get(one.record_id, LinkedRecord(one.record_id, one.object_type, one.display_name, ""))
                for one in shown
            ]
            return replace(self, rows=rows_of(viewer, entries, may_edit, total), is_cut=len(found) > FOUND_LIMIT)
        name = self.object_type.name if self.object_type else None
        page = page_of_links(viewer, self.activity_id, name, self.key)
        return replace(self, rows=rows_of(viewer, page.rows, may_edit, total), next_key=page.next_key)


def rows_of(viewer: Viewer, entries: Sequence[LinkedRecord], may_edit: bool, total: int) -> list[LinkRow]:
    """Rows for these records; the last one that an activity is on is locked. One query at most."""
    # Who did it stands beside the reason.
    links = [replace(one, actor_id=None) for one in entries if one.source]
    why = dict(zip((one.record_id for one in links), reasons(viewer, links), strict=True))
    return [
        LinkRow(
            record_id=one.record_id,
            name=one.display_name or f"#{one.record_id}",
            label=schema().object_type(one.object_type).label,
            is_ticked=bool(one.source),
            is_locked=not may_edit or (bool(one.source) and total == 1),
            is_last=may_edit and total == 1 and bool(one.source),
            why=why.get(one.record_id, ""),
            who=directory().name_of(one.actor_id),
            moment=one.moment,
        )
        for one in entries
    ]


def run_shown(viewer: Viewer, activity_id: int) -> Run | None:
    """The newest work in bulk that the viewer may see on an activity, while it goes on and for some minutes after."""
    for run in runs_of(viewer, ASSOCIATE_ALL, activity_id, limit=1):
        if run.is_busy or (run.ended_at is not None and run.ended_at > now() - RUN_IS_SHOWN):
            return run
    return None
