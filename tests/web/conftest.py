"""A small site with views of every sort, on the database of the test: the program's own routes stay as they are."""
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient

from crm.accounts.passwords import TooBusy
from crm.accounts.sessions import start_session
from crm.accounts.views import blueprint
from crm.config import PROJECT
from crm.db import db, end_read, prepare_engine, unit_of_work
from crm.messages import InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import Clash, Conflict, InvalidInput
from crm.web import setup_web
from crm.web.auth import SIGNED_IN, SUPER_ADMIN, public, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from tests.support.browser import Browser


def locked() -> Exception:
    return sa.exc.OperationalError("UPDATE", {}, Exception("database is locked"))


FAILURES: dict[str, Callable[[], Exception]] = {
    "not-found": lambda: NotFound("record 5"),
    "forbidden": lambda: Forbidden("record 5"),
    "conflict": lambda: Conflict({"email": Clash("a", "b")}, 2),
    "invalid-value": lambda: InvalidValue(Message("Unknown kind %(name)s", name="<b>fax</b>")),
    "invalid-input": lambda: InvalidInput({"email": Message("This is not an e-mail address")}),
    "too-busy": TooBusy,
    "locked": locked,
    "read-only": lambda: sa.exc.OperationalError("UPDATE", {}, Exception("attempt to write a readonly database")),
    "disk-full": lambda: sa.exc.OperationalError("UPDATE", {}, Exception("database or disk is full")),
    "gone": lambda: sa.exc.OperationalError("SELECT", {}, Exception("connection refused")),
    "our-mistake": lambda: ZeroDivisionError("a secret of the program"),
    "bad-statement": lambda: sa.exc.ProgrammingError("SELEC", {}, Exception("syntax error")),
}


def add_views(app: Flask) -> None:
    @app.get("/unmarked")
    def unmarked() -> str:
        return "never seen"

    @app.get("/open")
    @public
    def open_to_all() -> str:
        return "open"

    @app.route("/mine", methods=["GET", "POST"])
    @requires(SIGNED_IN)
    def mine() -> str:
        return f"{viewer().name}, {len(request.form)} fields"

    @app.get("/contacts-made")
    @requires(Verb.CREATE, "contact")
    def contacts_made() -> str:
        return "may create"

    @app.get("/admin")
    @requires(SUPER_ADMIN)
    def admin() -> str:
        return "may all"

    @app.get("/fail/<name>")
    @public
    def fail(name: str) -> str:
        raise FAILURES[name]()

    @app.get("/both")
    @public
    def both() -> object:
        return render("accounts/signed_out.html", "errors/_error.html", events=["activity-logged", "note-logged"],
                      code=1, title="T", text="A fragment", action_url=None, action_label="")  # fmt: skip

    @app.post("/done")
    @requires(SIGNED_IN)
    def done() -> object:
        flash(Message("Deleted %(name)s", name="<i>Bob</i>"), "/undo/5")
        if "stay" in request.args:
            return both()
        return redirect_to("/signed-out")


@pytest.fixture
def site(app: Flask) -> Iterator[Flask]:
    """The small site; it writes nothing, sessions are begun through `signed_in`."""
    made = Flask("site", template_folder=str(PROJECT / "templates"), static_folder=None)
    config = app.config["KARTOTEK"]
    made.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(made)
    setup_web(made, config)
    made.register_blueprint(blueprint)
    add_views(made)
    made.test_client_class = Browser
    with made.app_context():
        prepare_engine(db.engine)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def outsider(site: Flask) -> FlaskClient:
    """A browser of the small site that nobody is signed in with."""
    return site.test_client()


@pytest.fixture
def signed_in(site: Flask) -> Callable[[Viewer], FlaskClient]:
    """A browser of the small site that somebody is signed in with."""

    def sign_in(person: Viewer) -> FlaskClient:
        end_read()
        with unit_of_work():
            token = start_session(person.user_id or 0, "tests", "127.0.0.1")
        browser = site.test_client()
        browser.set_cookie("kartotek", token)
        return browser

    return sign_in
