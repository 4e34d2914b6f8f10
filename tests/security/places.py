"""Values for the parameters of addresses, by the name of the parameter: every test that walks the URL map asks here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from crm.accounts.links import Purpose
from crm.accounts.models import UserSession
from crm.accounts.operations import SALES_TEAM, permission_set_id
from crm.activities.models import ActivityDraft
from crm.associations.link_types import association_types
from crm.bulk.models import BulkRun
from crm.db import db
from crm.exports.models import TableExport
from crm.files.models import Attachment, StoredFile
from crm.lists.models import RecordList
from crm.merging.models import RecordMerge
from crm.notifications.models import Notification
from crm.objects.queries import schema
from crm.objects.schema import Pipeline
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.reports.models import Dashboard, DashboardTile
from crm.saved_views.models import SavedViewRow
from crm.text_templates.models import TextTemplate
from crm.timeline.models import SavedFilterRow, TimelineEntry
from crm.web.assets import asset
from tests.security.world import NAMES, Office, World, viewer_called

Values = Mapping[str, object]
ASKS = "is a parameter nobody knows: give it values in PROVIDERS of tests/security/places.py"


@dataclass(frozen=True)
class Place:
    """Where a value is looked for: one record of an office with what hangs on it."""

    world: World
    office: Office
    kind: str
    first: str = ""

    @property
    def record_id(self) -> int:
        return self.office.records[self.kind]

    def viewer(self, name: str) -> Viewer:
        """Somebody of the cast."""
        return viewer_called(name)

    def other_id(self) -> int:
        """Another record it is associated with."""
        records = self.office.records
        return records["company"] if self.kind == "contact" else records["contact"]

    def activity_id(self) -> int:
        """An activity on the record; which kind depends on the object, so that all places together see several."""
        kinds = list(self.office.activities)
        return self.office.activities["note" if self.kind == "contact" else kinds[list(NAMES).index(self.kind)]]

    def entry_id(self) -> int:
        """The newest entry of the record's timeline."""
        newest = sa.select(sa.func.max(TimelineEntry.id)).where(TimelineEntry.record_id == self.record_id)
        return db.session.scalar(unguarded(newest, "a test looks for an address")) or 0

    def merge_id(self) -> int:
        """The merge that made the record, 0 where it was never merged."""
        made = sa.select(RecordMerge.id).where(RecordMerge.merged_id == self.record_id)
        return db.session.scalar(made) or 0

    def run_id(self) -> int:
        """The newest work in bulk about the record, 0 where there was none."""
        newest = sa.select(sa.func.max(BulkRun.id)).where(BulkRun.record_id == self.record_id)
        return db.session.scalar(newest) or 0

    def export_id(self) -> int:
        """The newest table that anybody takes away."""
        return db.session.scalar(sa.select(sa.func.max(TableExport.id))) or 0

    def change_id(self) -> int:
        """The newest change of a value of the record."""
        newest = sa.select(sa.func.max(PropertyHistoryRow.id)).where(PropertyHistoryRow.record_id == self.record_id)
        return db.session.scalar(unguarded(newest, "a test looks for an address")) or 0

    def filter_id(self) -> int:
        """The filter saved for timelines of the record's object, 0 where there is none."""
        saved = sa.select(sa.func.max(SavedFilterRow.id)).where(SavedFilterRow.object_type == self.kind)
        return db.session.scalar(saved) or 0

    def list_id(self) -> int:
        """The newest list."""
        return db.session.scalar(sa.select(sa.func.max(RecordList.id))) or 0

    def dashboard_id(self) -> int:
        """The newest dashboard."""
        return db.session.scalar(sa.select(sa.func.max(Dashboard.id))) or 0

    def tile_id(self) -> int:
        """The newest report on a dashboard."""
        return db.session.scalar(sa.select(sa.func.max(DashboardTile.id))) or 0

    def template_id(self) -> int:
        """The newest template of text."""
        return db.session.scalar(sa.select(sa.func.max(TextTemplate.id))) or 0

    def view_id(self) -> int:
        """The newest view saved of the index page of the record's object, 0 where there is none."""
        saved = sa.select(sa.func.max(SavedViewRow.id)).where(SavedViewRow.object_type == self.kind)
        return db.session.scalar(saved) or 0

    def draft_id(self) -> int:
        """The newest draft of anybody."""
        return db.session.scalar(sa.select(sa.func.max(ActivityDraft.id))) or 0

    def notice_id(self) -> int:
        """The newest notice of anybody."""
        return db.session.scalar(unguarded(sa.select(sa.func.max(Notification.id)), "a test looks for an address")) or 0

    def sha256(self) -> str:
        """The hash of the office's file."""
        stored = sa.select(StoredFile.sha256).join(Attachment, Attachment.file_id == StoredFile.id)
        found = unguarded(stored.where(Attachment.id == self.office.file), "a test looks for an address")
        return db.session.scalar(found) or "0" * 64

    def session_id(self) -> int:
        """A signed-in browser of alice's."""
        own = sa.select(sa.func.max(UserSession.id)).where(UserSession.user_id == self.viewer("alice").user_id)
        return db.session.scalar(own) or 0


def _pipeline(place: Place) -> Pipeline:
    """A pipeline of the record's object, of deals where it has none."""
    return (schema().object_type(place.kind).pipelines or schema().object_type("deal").pipelines)[0]


LINKS = {
    "setup": Purpose.SETUP,
    "sign-in": Purpose.SIGN_IN,
    "invitation": Purpose.INVITATION,
    "password": Purpose.PASSWORD_RESET,
}
PROVIDERS: dict[str, Callable[[Place], object]] = {
    "record_id": lambda place: place.record_id,
    "other_id": Place.other_id,
    "activity_id": Place.activity_id,
    "comment_id": lambda place: place.office.comment,
    "entry_id": Place.entry_id,
    "change_id": Place.change_id,
    "attachment_id": lambda place: place.office.file,
    "filter_id": Place.filter_id,
    "notice_id": Place.notice_id,
    "list_id": Place.list_id,
    "dashboard_id": Place.dashboard_id,
    "tile_id": Place.tile_id,
    "template_id": Place.template_id,
    "view_id": Place.view_id,
    "draft_id": Place.draft_id,
    "sha256": Place.sha256,
    "object_name": lambda place: schema().object_type(place.kind).plural_name,
    # Of a property, in paths below a record; of a file, below /static.
    "name": lambda place: NAMES[place.kind],
    # A link that lets somebody in; which, the beginning of the address says.
    "token": lambda place: place.world.links[LINKS.get(place.first, Purpose.SIGN_IN)],
    "user_id": lambda place: place.viewer("bob").user_id,
    "team_id": lambda place: place.viewer("bob").team_id,
    "permission_set_id": lambda _place: permission_set_id(SALES_TEAM),
    "session_id": Place.session_id,
    "merge_id": Place.merge_id,
    "run_id": Place.run_id,
    "export_id": Place.export_id,
    "pair_id": lambda place: place.office.pair,
    # Of associations, in the settings: the other object, and a label if anybody made one.
    "other_name": lambda _place: "companies",
    "label_id": lambda place: max([one.type_id for one in association_types().labels(place.kind, "company")] or [0]),
    # Of the views of record pages, in the settings.
    "place": lambda _place: "default",
    # Of a card, on record pages and in the settings.
    "key": lambda _place: "about",
    "card_key": lambda _place: "table-contacts",
    "list_name": lambda _place: "types",
    "setting_name": lambda _place: "filters",
    "tab_key": lambda _place: "overview",
    "column": lambda _place: "left",
    "topic_name": lambda _place: "objects",
    "pipeline_name": lambda place: _pipeline(place).name,
    "stage_name": lambda place: _pipeline(place).stages[0].name,
}


def rules(app: Flask, method: str = "GET") -> list[Rule]:
    """Every rule of the URL map that takes the method, in order."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted(found, key=lambda rule: (rule.rule, rule.endpoint))


def addresses(app: Flask, world: World, office: Office, method: str = "GET") -> Iterator[tuple[Rule, str]]:
    """For every rule that takes the method the addresses that lead to the five records of an office."""
    for rule in rules(app, method):
        seen = set()
        for kind in NAMES:
            path = address(rule, Place(world, office, kind))
            if path not in seen:
                seen.add(path)
                yield rule, path


def address(rule: Rule, place: Place) -> str:
    """The address of one rule at one place; fails with a sentence for a parameter nobody knows."""
    if rule.endpoint == "static":
        return asset("css/app.css")
    unknown = sorted(rule.arguments - PROVIDERS.keys())
    assert not unknown, f"{rule.rule}: {', '.join(unknown)} {ASKS}"
    place = replace(place, first=rule.rule.split("/")[1])
    built = rule.build({name: PROVIDERS[name](place) for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


def rule_at(app: Flask, path: str, method: str = "GET") -> tuple[Rule, Mapping[str, Any]]:
    """The rule behind an address, and the values in it."""
    adapter = app.url_map.bind("localhost")
    found = adapter.match(path.partition("?")[0], method=method, return_rule=True)
    return found  # type: ignore[return-value]
