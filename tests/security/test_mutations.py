"""Each generic check finds what it is there for: a protection is taken away, and the check must speak up."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, Response, abort, request

from crm.accounts.models import Team
from crm.db import db, end_read, unit_of_work
from crm.permissions import scopes
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import Statements
from crm.web import auth, security
from crm.web.auth import SIGNED_IN, access_of, public, requires
from tests.security.checks import doors, forgery, headers, reads, refusals, statements, strangers
from tests.security.checks import matrix as matrix_check
from tests.security.crawl import Address, Form, crawl, keep
from tests.security.matrix import Orchard, give, grants_of, kinds_of
from tests.security.places import Place, address, rules
from tests.security.sabotage import add_route
from tests.security.site import Site
from tests.security.test_matrix import frank, orchard  # noqa: F401 - a fixture
from tests.security.world import SECRET
from tests.support.queries import count_queries

Patch = pytest.MonkeyPatch


def everything_is_visible(*_arguments: Any, **_named: Any) -> sa.ColumnElement[bool]:
    return sa.true()


@pytest.fixture
def no_kept_statements(monkeypatch: Patch) -> None:
    """Statements are built anew, so that a sabotaged condition is used, and not kept for the tests that follow."""
    monkeypatch.setattr(Statements, "get", lambda _self, _shape, build: build())


def contact(site: Site) -> str:
    return f"/records/{site.world.north.contact}"


# Default deny


def test_a_route_that_says_nothing_is_found(site: Site, monkeypatch: Patch) -> None:
    add_route(monkeypatch, site.app, "/careless", lambda: "North has Zanzibar")
    assert [fault for fault in doors.faults(site) if "/careless" in fault]


def test_a_door_that_is_not_guarded_is_found(site: Site, monkeypatch: Patch) -> None:
    monkeypatch.setattr(security, "admit", lambda _access: None)
    assert len(doors.faults(site)) > len(rules(site.app))


def test_a_session_that_never_ends_is_found(site: Site, monkeypatch: Patch) -> None:
    alice = site.browser("alice")
    site.browsers["eve"] = alice
    assert doors.faults(site)


def test_a_parameter_nobody_knows_is_told_with_where_to_add_it(site: Site, monkeypatch: Patch) -> None:
    add_route(monkeypatch, site.app, "/planets/<int:planet_id>", public(lambda planet_id: str(planet_id)))
    with pytest.raises(AssertionError, match=r"planet_id is a parameter nobody knows.*places\.py"):
        doors.faults(site)


# Deny no write


def test_a_refusal_that_writes_all_the_same_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> Response:
        with unit_of_work():
            db.session.execute(sa.insert(Team).values(name="Written before it was checked"))
        abort(400)

    add_route(monkeypatch, site.app, "/careless", careless, ["POST"])
    found = refusals.faults(site, "dana", refusals.as_it_stands([Form("/careless", ())]))
    assert ["400 and changed ['team']" in fault for fault in found] == [True]


def test_a_refusal_that_leaves_a_file_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> Response:
        (site.installation.config.data_dir / "files" / "left-behind").write_bytes(b"x")
        abort(422)

    add_route(monkeypatch, site.app, "/careless", careless, ["POST"])
    found = refusals.faults(site, "dana", refusals.as_it_stands([Form("/careless", ())]))
    assert ["422 and changed ['files']" in fault for fault in found] == [True]


def test_a_form_that_breaks_the_program_is_found(site: Site, monkeypatch: Patch) -> None:
    careless = requires(SIGNED_IN)(lambda: str(int(request.form["number"])))
    add_route(monkeypatch, site.app, "/careless", careless, ["POST"])
    found = refusals.faults(site, "alice", refusals.nonsense(Form("/careless", (("number", "1"),))))
    assert [fault for fault in found if "answers 500" in fault]


# GET and HEAD write nothing


def test_a_page_that_writes_when_it_is_read_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> str:
        with unit_of_work():
            db.session.execute(sa.insert(Team).values(name=f"Read {request.method}"))
        return "done"

    add_route(monkeypatch, site.app, "/careless", careless)
    assert [fault for fault in reads.faults(site, ["/careless"]) if "/careless changed ['team']" in fault]
    site.restore()


def test_a_page_that_only_takes_the_lock_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> str:
        with unit_of_work():
            return "nothing"

    add_route(monkeypatch, site.app, "/careless", careless)
    assert [fault for fault in reads.faults(site, ["/careless"]) if "ran a unit of work" in fault]


# Non-interference


def count_past_the_gate() -> int:
    return db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(Record), "careless")) or 0


def a_count_past_the_gate() -> str:
    return str(count_past_the_gate())


def test_a_count_of_what_is_hidden_is_found(site: Site, monkeypatch: Patch) -> None:
    add_route(monkeypatch, site.app, "/careless", requires(SIGNED_IN)(a_count_past_the_gate))
    assert len(strangers.faults(site, "charlie", [Address("/careless")])) == 1


def test_another_status_for_what_is_hidden_is_found(site: Site, monkeypatch: Patch) -> None:
    site.restore()
    with_the_hidden = count_past_the_gate()
    end_read()
    monkeypatch.setattr(auth.Access, "admits", lambda _self, _viewer: count_past_the_gate() < with_the_hidden)
    assert strangers.faults(site, "charlie", [Address("/objects/contacts")])


@pytest.mark.parametrize("gate", ["visible_to", "covered", "rows_visible_to", "activity_visible_to"])
def test_a_gate_that_stands_open_is_found(site: Site, monkeypatch: Patch, no_kept_statements: None, gate: str) -> None:
    original, south = getattr(scopes, gate), site.world.south
    for module in _holders(gate, original):
        monkeypatch.setattr(module, gate, everything_is_visible)
    here = f"/records/{south.contact}"
    paths = ["/objects/contacts", here, f"{here}/timeline", f"/search?q={SECRET}", f"/files/{site.world.north.file}"]
    paths += [f"/activities/{one}" for one in (south.activities["note"], *site.world.north.activities.values())]
    asked = [Address(path) for path in paths]
    assert strangers.faults(site, "charlie", asked)


def _holders(name: str, value: object) -> list[Any]:
    return [module for key, module in list(sys.modules.items())
            if key.startswith("crm.") and getattr(module, name, None) is value]  # fmt: skip


# Headers


def test_answers_without_the_headers_are_found(site: Site, monkeypatch: Patch) -> None:
    monkeypatch.setitem(site.app.after_request_funcs, None, [])
    answer = keep(site.browser("alice").get("/objects/contacts"))
    missing = headers.faults("index", answer.status, answer.headers)
    names = ("Content-Security-Policy", "Cache-Control", *headers.EXACT)
    assert [name for name in names if not any(name in fault for fault in missing)] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Content-Security-Policy": "default-src 'self'"},
        {"Cache-Control": "private"},
        {"Access-Control-Allow-Origin": "*"},
        {"Set-Cookie": "kartotek=x; Path=/; HttpOnly"},
        {"Set-Cookie": "kartotek=x; Path=/; SameSite=Lax"},
        {"Set-Cookie": "kartotek=x; Path=/; HttpOnly; SameSite=None"},
        {"Set-Cookie": "kartotek=x; Path=/; Domain=localhost; HttpOnly; SameSite=Lax"},
        {"Set-Cookie": "tracker=x; Path=/; HttpOnly; SameSite=Lax"},
    ],
)
def test_one_header_that_is_wrong_is_found(site: Site, monkeypatch: Patch, changed: dict[str, str]) -> None:
    careless = public(lambda: Response("x", headers=changed))
    add_route(monkeypatch, site.app, "/careless", careless)
    answer = keep(site.browser("alice").get("/careless"))
    assert headers.faults("careless", answer.status, answer.headers)


# Forgery


def a_form(site: Site) -> Form:
    return Form(f"{contact(site)}/tab", (("tab", "activities"),))


def test_a_token_nobody_looks_at_is_found(site: Site, monkeypatch: Patch) -> None:
    monkeypatch.setattr(security.csrf, "protect", lambda: None)
    found = forgery.faults(site, [a_form(site)])
    assert [fault for fault in found if "without a token answers" in fault]
    assert [fault for fault in found if "changed ['user_account']" in fault]


def test_an_origin_nobody_looks_at_is_found(site: Site, monkeypatch: Patch) -> None:
    monkeypatch.setattr(security, "refuse_other_sites", lambda: None)
    found = forgery.faults(site, [a_form(site)])
    assert {"Origin", "Sec-Fetch-Site"} <= {
        word for fault in found for word in ("Origin", "Sec-Fetch-Site") if word in fault
    }


# Statements


def test_a_parameter_that_becomes_part_of_a_statement_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> str:
        order = request.args.get("sort", "id")
        try:
            db.session.execute(sa.text(f"SELECT id FROM team ORDER BY {order}"))
        except sa.exc.DBAPIError:
            db.session.rollback()
            abort(400)
        return "sorted"

    add_route(monkeypatch, site.app, "/careless", careless)
    known = {statements.shape("SELECT id FROM team ORDER BY id")}
    found = statements.faults(site, [("/careless", "sort")], known)
    assert [fault for fault in found if "becomes part of a statement" in fault]


def test_a_field_that_becomes_part_of_a_statement_behind_one_that_is_checked_is_found(
    site: Site, monkeypatch: Patch
) -> None:
    @requires(SIGNED_IN)
    def careless() -> str:
        if not request.form["version"].isdecimal():
            abort(400)
        try:
            db.session.execute(sa.text(f"SELECT id FROM team WHERE name = '{request.form['name']}'"))
        except sa.exc.StatementError:
            db.session.rollback()
            abort(400)
        return "found"

    add_route(monkeypatch, site.app, "/careless", careless, ["POST"])
    found = statements.form_faults(site, [Form("/careless", (("version", "1"), ("name", "North")))])
    assert [fault for fault in found if "becomes part of a statement" in fault]


def test_a_column_chosen_by_whoever_asks_is_found(site: Site, monkeypatch: Patch) -> None:
    @requires(SIGNED_IN)
    def careless() -> str:
        column = "name" if request.args.get("sort") else "id"
        db.session.execute(sa.text(f"SELECT id FROM team ORDER BY {column}"))
        return "sorted"

    add_route(monkeypatch, site.app, "/careless", careless)
    known = {statements.shape("SELECT id FROM team ORDER BY id"), "SELECT name FROM team"}
    known |= {statements.shape(text) for text in _of_signing_in(site)}
    found = statements.faults(site, [("/careless", "sort")], known)
    assert [fault for fault in found if "makes another statement" in fault]


def _of_signing_in(site: Site) -> list[str]:
    with count_queries() as queries:
        site.browser("alice").get("/careless")
        site.browser("alice").get("/careless", fragment=True)
    return list(queries)


# The matrix


RIGHTS: dict[str, Callable[[Patch], None]] = {
    "whether a right covers one record": lambda patch: patch.setattr(Viewer, "covers", lambda *_all: True),
    "whether there is a right at all": lambda patch: patch.setattr(Viewer, "may", lambda *_all: True),
    "the gate": lambda patch: patch.setattr(scopes, "covered", everything_is_visible),
    "which right it is": lambda patch: patch.setattr(
        Viewer, "scope", lambda self, kind, _verb: self.scopes.get((kind, Verb.VIEW), Scope.NONE)
    ),
}


def test_a_right_that_is_not_asked_for_is_found_by_the_matrix(
    app: Flask,
    orchard: Orchard,  # noqa: F811 - the fixture
    no_kept_statements: None,
) -> None:
    grants = grants_of(0, kinds_of(orchard))
    give(orchard, grants)
    for what, sabotage in RIGHTS.items():
        with pytest.MonkeyPatch.context() as patch:
            sabotage(patch)
            assert next(matrix_check.faults(matrix_check.Asker(frank(app, orchard), orchard, grants)), None), what


# The walk


def test_what_a_page_leads_to_is_walked_without_an_edit_here(site: Site, monkeypatch: Patch) -> None:
    page = """<main><a href="/further">On</a><div hx-get="/loaded?part=1"></div>
        <form method="post" action="/sent"><input name="a" value="1"><button name="b" value="2">Go</button></form>"""
    add_route(monkeypatch, site.app, "/careless", public(lambda: page))
    add_route(monkeypatch, site.app, "/further", public(lambda: "further"))
    add_route(monkeypatch, site.app, "/loaded", public(lambda: "loaded"))
    add_route(monkeypatch, site.app, "/sent", public(lambda: "sent"), ["POST"])
    walked = crawl(site.browser("alice"), ["/careless"])
    assert {Address("/further"), Address("/loaded?part=1", True)} <= set(walked.answers)
    assert [(form.action, form.fields) for form in walked.forms.values()] == [("/sent", (("a", "1"), ("b", "2")))]


def test_every_route_is_looked_at_by_the_checks(site: Site) -> None:
    """An address of every rule can be built, whoever added the rule."""
    place = Place(site.world, site.world.north, "contact")
    for method in ("GET", "POST"):
        for rule in rules(site.app, method):
            assert address(rule, place).startswith("/")
            assert access_of(site.app.view_functions[rule.endpoint]) is not None
