"""The database of the security tests: what South has, built first, and what North has besides, hidden from South.

It is built once and kept twice: `WITHOUT` North's rows and `WITH` them. Whoever sells in South must not be able to tell
which of the two they are looking at.
"""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.links import Purpose, create_link
from crm.accounts.queries import find_user, viewer_for
from crm.accounts.sessions import start_session
from crm.activities.comments import add_comment
from crm.activities.operations import link, pin
from crm.activities.types import activity_types
from crm.associations.labels import create_label
from crm.associations.operations import associate
from crm.bulk.models import BulkRun
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.derived.graph import derivation_graph
from crm.exports.models import TableExport
from crm.files.operations import attach
from crm.lists.operations import Content as ListContent
from crm.lists.operations import add_members, create_list
from crm.merging.models import DuplicatePair
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.following import follow
from crm.records.operations import create_record, update_record
from crm.reports.operations import Content as DashboardContent
from crm.reports.operations import add_tile, create_dashboard
from crm.reports.report import Report
from crm.saved_views.operations import create_view
from crm.saved_views.state import ViewState
from crm.selections.listing import Listing
from crm.text_templates.operations import Content, create_template
from crm.timeline.saved_filters import save_filter
from crm.timeline.selection import Selection
from crm.web.file_store import file_store
from tests.conftest import NOON, SESSION_COOKIE, Installation
from tests.factories import make_activity, make_comment, make_record
from tests.factories.layouts import place_card
from tests.factories.merging import make_merge
from tests.support import cast
from tests.support.browser import Browser

WITHOUT, WITH = "security-without", "security-with"
SECRET, COMMON = "Zanzibar", "Quince"
GUESTS = ListContent("Guests", "static", visibility="everyone")
GREETING = "<p>Dear {{contact.firstname | customer}} of {{company.name}}</p>"
NAMES = {
    "contact": "lastname",
    "company": "name",
    "deal": "dealname",
    "ticket": "subject",
    "lead": "hs_lead_name",
}
FILES = {"south": b"%PDF south", "north": b"%PDF north"}


@dataclass(frozen=True)
class Office:
    """What one team has: five records of each other, nine activities on the contact, a comment, a file, a pin.

    The ticket was made of two, and the contact may be there twice: `pair` is the one of those two.
    """

    records: dict[str, int]
    activities: dict[str, int]
    comment: int
    file: int
    pair: int

    @property
    def contact(self) -> int:
        """The contact everything else hangs on."""
        return self.records["contact"]


@dataclass
class World:
    """Both offices, and the sessions everybody has open."""

    south: Office
    north: Office
    tokens: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def viewer_called(name: str) -> Viewer:
    """Somebody of the cast as they are now."""
    entry = find_user(cast.email_of(name))
    assert entry is not None
    return viewer_for(entry.id)


_built: dict[str, World] = {}


def world_of(installation: Installation) -> World:
    """The world, with North's rows in the database; from within an application context."""
    key = installation.config.database_url
    if key not in _built:
        _built[key] = _build(installation)
    restore(installation)
    return _built[key]


def restore(installation: Installation, name: str = WITH) -> None:
    """Put the database and the files back to `WITH` or `WITHOUT` North's rows; the index is gone until work is done."""
    end_read()
    installation.restore(name)
    _lay_files()


def browser_of(app: Flask, world: World, name: str) -> Browser:
    """A browser somebody of the cast is signed in with; of "eve" one that nobody is."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    if name in world.tokens:
        browser.set_cookie(SESSION_COOKIE, world.tokens[name])
    return browser


def _lay_files() -> None:
    for name, content in FILES.items():
        file_store().store(io.BytesIO(content), f"{name}.pdf", "application/pdf")


def _build(installation: Installation) -> World:
    with time_machine.travel(NOON - timedelta(hours=2), tick=False):
        tokens, links = _let_in()
        _add_property_and_label()
        charlie = viewer_called("charlie")
        south = _furnish(charlie, COMMON, "south")
        alone = make_record(charlie, "deal", dealname=f"{COMMON} alone")
        make_activity(charlie, "task", alone)
        make_activity(charlie, "note", alone)
        place_card("contact", "activity_totals", "totals")
        with unit_of_work():
            notes = Selection.of([("kind", "note")])
            save_filter(viewer_called("alice"), "contact", "Notes", is_shared=True, selection=notes)
            greeting = Content("Greeting", tuple(kind.name for kind in activity_types), "", GREETING, "everyone")
            create_template(viewer_called("alice"), greeting)
            guests = create_list(viewer_called("alice"), schema().object_type("contact"), GUESTS)
            add_members(viewer_called("alice"), guests, [south.records["contact"]])
            create_view(viewer_called("alice"), schema().object_type("contact"), "Everybody's", "everyone", ViewState())
            board = create_dashboard(viewer_called("alice"), DashboardContent("Board", "everyone"))
            by_name = Report(Listing(schema().object_type("contact")), NAMES["contact"])
            add_tile(viewer_called("alice"), board, "Names", by_name)
    end_read()
    installation.keep(WITHOUT)
    released = _released()
    # Earlier than what South did: the dates of last contact on a record are for everybody who sees the record.
    with time_machine.travel(NOON - timedelta(hours=3), tick=False):
        north = _furnish(viewer_called("bob"), SECRET, "north")
        _tie(viewer_called("alice"), south, north, alone)
        _tell(viewer_called("alice"), viewer_called("bob"), viewer_called("charlie"), north)
    _release(released)
    end_read()
    installation.keep(WITH)
    return World(south, north, tokens, links)


def _released() -> dict[str, dict[int, dict[str, Any]]]:
    """What is derived on the records there are, by object and column: for everybody who sees the record, and therefore
    the same in both databases.
    """
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for kind in schema().record_types:
        names = {name for one in derivation_graph().of_object(kind.name) for name in one.fills}
        columns = [kind.column(name) for name in sorted(names)]
        rows = db.session.execute(unguarded(sa.select(kind.table.c.record_id, *columns), "the same in both"))
        found[kind.name] = {row[0]: dict(zip((one.name for one in columns), row[1:], strict=True)) for row in rows}
    end_read()
    return found


def _release(released: dict[str, dict[int, dict[str, Any]]]) -> None:
    end_read()
    with unit_of_work():
        for name, rows in released.items():
            table = schema().object_type(name).table
            for record_id, values in rows.items():
                db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(**values))


def _let_in() -> tuple[dict[str, str], dict[str, str]]:
    """A session for everybody, and links that let somebody in."""
    ids = {name: viewer_called(name).user_id or 0 for name in cast.PEOPLE}
    end_read()
    with unit_of_work():
        tokens = {name: start_session(user_id, "tests", "127.0.0.1") for name, user_id in ids.items()}
        return tokens, {purpose: create_link(purpose, _for_whom(purpose, ids)) for purpose in Purpose}


def _add_property_and_label() -> None:
    """Some pages are only for properties and labels that people made."""
    with unit_of_work():
        create_property("contact", "Shoe size", "number", "contact")
        create_label(viewer_called("alice"), "contact", "company", "Customer", "Buyer")


def _for_whom(purpose: Purpose, ids: dict[str, int]) -> int | None:
    return None if purpose is Purpose.SETUP else ids["charlie"]


def _tie(alice: Viewer, south: Office, north: Office, alone: int) -> None:
    """What stands between the teams: links, activities and a pin that reach from one to the other."""
    end_read()
    with unit_of_work():
        create_record(alice, "contact", {"lastname": f"{SECRET} nobody", "hubspot_owner_id": None})
        create_record(alice, "company", {"name": f"{COMMON} company", "hubspot_owner_id": None})
        for kind in ("company", "deal", "ticket", "contact"):
            associate(alice, south.contact, north.records[kind])
        associate(alice, alone, north.records["company"])
        for activity_id in north.activities.values():
            link(alice, activity_id, south.contact)
        link(alice, south.activities["note"], north.contact)
        link(alice, north.activities["note"], alone)
        pin(alice, alone, north.activities["note"])
        add_comment(alice, north.activities["note"], f"{SECRET} comment of alice")


def _tell(alice: Viewer, bob: Viewer, charlie: Viewer, north: Office) -> None:
    """What people are told: alice and bob of what they follow, and charlie of a record that was taken away since."""
    end_read()
    with unit_of_work():
        follow(alice, north.contact, True)
        taken = create_record(alice, "deal", {"dealname": f"{SECRET} taken", "hubspot_owner_id": charlie.user_id})
    with unit_of_work():
        update_record(alice, taken, {"hubspot_owner_id": bob.user_id})
        add_comment(bob, north.activities["note"], f"{SECRET} comment of bob for @alice@example.com")


def _furnish(owner: Viewer, word: str, team: str) -> Office:
    records = {kind: make_record(owner, kind, **{name: f"{word} {kind}"}) for kind, name in NAMES.items()}
    contact = records["contact"]
    again = make_record(owner, "ticket", subject=f"{word} ticket once more")
    records["ticket"] = make_merge(owner, records["ticket"], again).record_id
    pair = _look_like_one(contact, make_record(owner, "contact", lastname=f"{word} contact"))
    with unit_of_work():
        update_record(owner, contact, {"email": f"{word.lower()}@example.com", "phone": "+12125550123"})
        for one in records.values():
            if one != contact:
                associate(owner, contact, one)
    end_read()
    text = f"<p>{word} calling, oranges and <b>lemons</b></p>"
    later = {kind: {"activity_date": NOON + timedelta(days=4)} for kind in ("task", "meeting") if team == "north"}
    later |= {"meeting": {**later["meeting"], "ends_at": NOON + timedelta(days=5)}} if later else {}
    activities = {
        kind.name: make_activity(owner, kind.name, contact, body=text, **later.get(kind.name, {}))
        for kind in activity_types
    }
    comment = make_comment(owner, activities["note"], f"{word} comment")
    deposit = file_store().store(io.BytesIO(FILES[team]), f"{word}.pdf", "application/pdf")
    end_read()
    with unit_of_work():
        file = attach(owner, activities["note"], deposit)
        pin(owner, contact, activities["note"])
    _did_in_bulk(owner, contact, word)
    return Office(records, activities, comment, file, pair)


def _did_in_bulk(owner: Viewer, contact: int, word: str) -> None:
    run = {"kind": "gone", "actor_id": owner.user_id, "begun_at": now(), "record_id": contact, "state": "failed"}
    run |= {"settings": "{}", "total": 9, "failure": f'["{word} stopped", {{}}]', "changed": 0}
    end_read()
    with unit_of_work():
        db.session.execute(sa.insert(BulkRun).values(run))
    table = {"actor_id": owner.user_id, "object_type": "contact", "name": f"{word} table", "format": "csv", "total": 9}
    table |= {"settings": "{}", "state": "failed", "begun_at": now(), "failure": f'["{word} stopped", {{}}]'}
    with unit_of_work():
        db.session.execute(sa.insert(TableExport).values(table))


def _look_like_one(first: int, second: int) -> int:
    moment = now()
    pair = {"object_type": "contact", "record_id": first, "other_id": second, "reasons": '["name"]', "strength": 60}
    pair |= {"fingerprint": "", "found_at": moment, "seen_at": moment}
    end_read()
    with unit_of_work():
        return db.session.scalar(sa.insert(DuplicatePair).values(pair).returning(DuplicatePair.id)) or 0
