"""Every failure becomes an answer that says what happened and what to do next, as a page or as a message.

The pages need no database, since a broken database is one of the failures (QUALITY 2.2).
"""
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from crm import i18n
from crm.accounts.passwords import TooBusy
from crm.db import db, may_run_again
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.permissions.errors import Forbidden, MergedAway, NotFound, ViewingOnly
from crm.records.errors import Conflict, InvalidInput
from crm.saved_views.queries import ViewGone
from crm.web.auth import SAFE_METHODS
from crm.web.htmx import REQUEST, is_fragment, render_toast

log = logging.getLogger(__name__)

MOST_RUNS = 3
FORM_TOKEN = "csrf_token"  # noqa: S105 - the name of a field
MOST_DRAINED = 512 * 1024 * 1024
LONGEST_DRAIN = 20.0
Text = str | Message


@dataclass(frozen=True)
class Problem:
    """What a person is told: a status, a title, a text and one way on.

    `typed` are the fields of a form that could not be acted on now; they are sent again to `action_url`.
    """

    code: int
    title: Text
    text: Text
    action_url: str | None = "/"
    action_label: Text = N_("Go to contacts")
    typed: tuple[tuple[str, str], ...] = ()


PROBLEMS = {
    problem.code: problem
    for problem in (
        Problem(400, N_("That request makes no sense"), N_("Something in the address or the form is not valid.")),
        Problem(
            401, N_("You are signed out"), N_("Sign in and try again."), action_url="/login", action_label=N_("Sign in")
        ),
        Problem(403, N_("You may not do this"), N_("Ask a super admin for the permission, if you need it.")),
        Problem(404, N_("Not found"), N_("This does not exist, or you may not see it.")),
        Problem(405, N_("That cannot be done here"), N_("This address does not take what was sent to it.")),
        Problem(409, N_("Somebody else was quicker"), N_("This was changed in the meantime. Reload and look again.")),
        Problem(
            413,
            N_("Too large"),
            N_("What was sent is larger than this Kartotek takes. Nothing was saved; try something smaller."),
        ),
        Problem(429, N_("Too many tries"), N_("Wait a few minutes and try again.")),
        Problem(
            500,
            N_("Something went wrong"),
            N_("This is our mistake; it has been written to the log. What you had saved before is safe."),
        ),
        Problem(503, N_("Too busy"), N_("Wait a moment and try again; nothing was changed.")),
    )
}

OUT_OF_DATE = Problem(
    400,
    N_("This page is out of date"),
    N_("You have signed in or out since it was opened. Go back, copy what you typed, reload the page and try again."),
)

VIEWING_ONLY = Problem(
    403,
    N_("Nothing is changed while you view as somebody else"),
    N_("Go back to your own account first: the button is at the top of every page."),
    action_label=N_("Go on"),
)

BECAME = N_("Record #%(old)s was merged in the meantime; it is #%(new)s now. Reload the page and try again.")
NAMING_RECORDS = frozenset({"record_id", "other_id", "record", "with", "associated"})
"""The parts of paths and questions of addresses that are ids of records; others may be the same number by chance."""

NO_VIEW, TO_ALL = N_("There is no such view"), N_("Go to %(objects)s")
VIEW_GONE = N_("It was deleted, or it is not shared with you any more.")

# What databases say when they cannot write or cannot be reached, and what that means for a person.
DATABASE_PROBLEMS = (
    (
        ("database or disk is full", "no space left", "disk full"),
        N_("The disk is full. Nothing was changed; free some space on the server, then try again."),
    ),
    (
        ("readonly database", "read-only", "unable to open", "disk i/o error"),
        N_("The database cannot be written at the moment. Nothing was changed; reading goes on where it can."),
    ),
    (
        ("database is locked", "lock timeout", "could not obtain lock", "deadlock"),
        N_("The database is busy. Nothing was changed; wait a moment and try again."),
    ),
)
# PostgreSQL's word for a character that no text it stores can hold; nothing a person can type.
NUL = "cannot contain NUL"
DATABASE_GONE = N_("The database does not answer at the moment. Nothing was changed; try again soon.")


def setup_errors(app: Flask) -> None:
    """Say which failure gets which answer, and how the log names it."""
    app.log_exception = log_exception  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(NotFound, lambda _error: answer_for(PROBLEMS[404]))
    app.register_error_handler(MergedAway, merged_away)
    app.register_error_handler(ViewGone, view_gone)
    app.register_error_handler(Forbidden, lambda _error: answer_for(PROBLEMS[403]))
    app.register_error_handler(ViewingOnly, lambda _error: answer_for(VIEWING_ONLY))
    app.register_error_handler(Conflict, lambda _error: answer_for(PROBLEMS[409]))
    app.register_error_handler(InvalidValue, invalid_value)
    app.register_error_handler(InvalidInput, invalid_input)
    app.register_error_handler(TooBusy, lambda _error: not_now(PROBLEMS[503].title, PROBLEMS[503].text))
    app.register_error_handler(sa.exc.DBAPIError, database_error)
    app.register_error_handler(sa.exc.TimeoutError, lambda _error: not_now(PROBLEMS[503].title, PROBLEMS[503].text))


def merged_away(error: MergedAway) -> Response:
    """Lead to the same address of the record that this one has become, for every page, fragment and form (SPEC 4.6).

    For now only: a merge can be undone. Where no address names the record but a form does, say what it has become.
    """
    old, new = error.record_id, error.into_id
    asked: dict[str, Any] = request.view_args or {}
    arguments = {name: new if name in NAMING_RECORDS and value == old else value for name, value in asked.items()}
    given = list(request.args.items(multi=True))
    query = [(name, str(new) if name in NAMING_RECORDS and value == str(old) else value) for name, value in given]
    if arguments == asked and query == given:
        text = Message(BECAME, old=old, new=new)
        return answer_for(Problem(409, PROBLEMS[409].title, text, f"/records/{new}", N_("Open the record")))
    url = url_for(str(request.endpoint), **arguments)
    code = 302 if request.method in SAFE_METHODS else 307
    answer = make_response(redirect(f"{url}?{urlencode(query)}" if query else url, code))
    answer.headers["Vary"] = REQUEST
    return answer


def view_gone(error: ViewGone) -> Response:
    """404 for a view of an index page that is deleted or not shared, with the way to the other ones."""
    objects = Lowered(error.kind.plural_label)
    way_back = f"/objects/{error.kind.plural_name}"
    return answer_for(Problem(404, NO_VIEW, VIEW_GONE, way_back, Message(TO_ALL, objects=objects)))


def log_exception(exc_info: Any) -> None:
    """Write an error that nobody foresaw to the log; Flask's own line holds the path."""
    log.error("failed: %s", _requested(), exc_info=exc_info)


def _requested() -> str:
    """What was asked for, by the rule of its address: the address itself may hold a link that lets somebody in."""
    return f"{request.method} {request.url_rule or '(no such address)'}"


def http_error(error: HTTPException) -> Response:
    """Whatever Flask, Werkzeug and Flask-WTF refuse, and what nobody foresaw (500)."""
    if isinstance(error, RequestEntityTooLarge):
        read_to_the_end()
    if isinstance(error, CSRFError):
        return answer_for(OUT_OF_DATE)
    code = error.code or 500
    if code < 400:
        return error.get_response()  # type: ignore[return-value]
    answer = answer_for(PROBLEMS.get(code) or Problem(code, error.name, error.description or ""))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def invalid_value(error: InvalidValue) -> Response:
    """400 with the reason, for values in addresses and forms that no form of ours sends."""
    return answer_for(Problem(400, PROBLEMS[400].title, error.message))


def invalid_input(error: InvalidInput) -> Response:
    """422 with the first reason, where a view has no form to show the reasons in."""
    first = next(iter(error.errors.values()), PROBLEMS[400].text)
    return answer_for(Problem(422, PROBLEMS[400].title, first))


def database_error(error: sa.exc.DBAPIError) -> Any:
    """503 with what is wrong with the database, or 500 when the mistake is ours.

    What was undone for a reason that may have passed is done once more first.
    """
    if may_run_again(error) and g.get("runs", 1) < MOST_RUNS:
        return _run_again()
    if isinstance(error, sa.exc.DataError) and NUL in str(error.orig):
        db.session.rollback()
        return answer_for(PROBLEMS[400])
    text = _database_text(error)
    if text is None:
        raise error
    log.error("%s: %s", _requested(), error.orig)
    return not_now(N_("Not possible at the moment"), text)


def _run_again() -> Any:
    """The answer of the view, called anew: nothing of what it did before is left."""
    g.runs = g.get("runs", 1) + 1
    db.session.rollback()
    try:
        return current_app.dispatch_request()
    except Exception as error:
        return current_app.handle_user_exception(error)


def not_now(title: Text, text: Text) -> Response:
    """503 for what can be done in a moment; a page holds what was typed and sends it again, a fragment leaves it."""
    url = request.full_path.rstrip("?")
    if request.method in SAFE_METHODS:
        problem = Problem(503, title, text, url, N_("Try again"))
    elif is_fragment() or not (typed := _typed()):
        problem = Problem(503, title, text, action_url=None)
    else:
        problem = Problem(503, title, text, url, N_("Send it again"), typed)
    answer = answer_for(problem)
    answer.headers["Retry-After"] = "5"
    return answer


def _typed() -> tuple[tuple[str, str], ...]:
    """The fields of the form that was sent; none if it holds a password, which is never written into a page, or is
    more than is ever read.
    """
    try:
        names = list(request.form)
    except HTTPException:
        read_to_the_end()
        return ()
    if any("password" in name for name in names):
        return ()
    return tuple((name, value) for name, value in request.form.items(multi=True) if name != FORM_TOKEN)


def _database_text(error: sa.exc.DBAPIError) -> str | None:
    said = str(error.orig).lower()
    for signs, text in DATABASE_PROBLEMS:
        if any(sign in said for sign in signs):
            return text
    return DATABASE_GONE if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) else None


def answer_for(problem: Problem) -> Response:
    """The problem as a page, or for htmx as a message that leaves the page and its forms as they are."""
    if problem.code >= 500:
        g.is_broken = True
        i18n.forget_reader()
        db.session.rollback()
    try:
        if is_fragment():
            return render_toast(render_template("errors/_error.html", **vars(problem)), problem.code)
        body = render_template("errors/error.html", **vars(problem))
    except Exception:
        log.exception("the error page itself failed")
        body = _bare_page(problem)
    return make_response(body, problem.code)


def _bare_page(problem: Problem) -> str:
    title, text = escape(str(problem.title)), escape(str(problem.text))
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{text}</p>'


def read_to_the_end() -> None:
    """Read what the browser still sends: one that is cut off while sending shows no answer at all."""
    stream: Any = request.environ["wsgi.input"]
    until = time.monotonic() + LONGEST_DRAIN
    left = min(request.content_length or MOST_DRAINED, MOST_DRAINED)
    try:
        while left > 0 and time.monotonic() < until:
            chunk = stream.read(min(left, 1024 * 1024))
            if not chunk:
                return
            left -= len(chunk)
    except OSError:
        return
