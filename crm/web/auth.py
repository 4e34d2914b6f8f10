"""Who is asking, and may they ask this at all: default deny (DESIGN 6).

A view function says who may call it: `@public`, `@requires(SIGNED_IN)`, `@requires(SUPER_ADMIN)`,
`@requires(AccountRight.MANAGE_USERS)` or `@requires(Verb.VIEW, "contact")`. One that says nothing is refused to
everybody. Which records are seen is decided further down, by the visibility gate.
"""
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_login import LoginManager, UserMixin

from crm.accounts import sessions
from crm.i18n import forget_reader
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden, ViewingOnly
from crm.permissions.viewer import Viewer
from crm.web.htmx import is_fragment

ACCESS = "kartotek_access"
WHILE_VIEWING = "kartotek_while_viewing"
TAKES_FILES = "kartotek_takes_files"
TIMES_AS_MUCH = 5
"""Several files sent at once may together have so many times the size of one."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOGIN_PATH = "/login"

View = TypeVar("View", bound=Callable[..., Any])


class Level(StrEnum):
    """Who may call a view, where it is not a matter of one object type."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    SUPER_ADMIN = "super_admin"


SIGNED_IN = Level.SIGNED_IN
SUPER_ADMIN = Level.SUPER_ADMIN


@dataclass(frozen=True)
class Access:
    """What a view asks of its caller: a level, an account right, or a verb on some records of an object type."""

    level: Level = Level.SIGNED_IN
    verb: Verb | None = None
    object_type: str = ""
    right: AccountRight | None = None

    def admits(self, viewer: Viewer) -> bool:
        """Whether this signed-in person may call the view."""
        if self.level is Level.SUPER_ADMIN:
            return viewer.is_super_admin
        if self.right is not None:
            return viewer.has_right(self.right)
        return self.verb is None or viewer.may(self.object_type, self.verb)


def public(view: View) -> View:
    """Mark a view that anybody may call, signed in or not."""
    setattr(view, ACCESS, Access(Level.PUBLIC))
    return view


def requires(what: Level | AccountRight | Verb, object_type: str = "") -> Callable[[View], View]:
    """Mark a view with what it asks of its caller: a Level, an AccountRight, or a Verb with an object type."""
    if isinstance(what, Verb):
        if not object_type:
            raise TypeError("a verb needs an object type")
        access = Access(verb=what, object_type=object_type)
    elif isinstance(what, AccountRight):
        access = Access(right=what)
    else:
        access = Access(what)

    def mark(view: View) -> View:
        setattr(view, ACCESS, access)
        return view

    return mark


def even_while_viewing(view: View) -> View:
    """Mark a view that changes nothing but this browser's session: it works while one views as somebody else."""
    setattr(view, WHILE_VIEWING, True)
    return view


def takes_files(view: View) -> View:
    """Mark a view that takes several files at once, TIMES_AS_MUCH of what a request otherwise may have."""
    setattr(view, TAKES_FILES, True)
    return view


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What a view asks of its caller; None when it says nothing, and is therefore refused."""
    return getattr(view, ACCESS, None)


def viewer() -> Viewer:
    """The person who is signed in; only for views that are not public."""
    found = viewer_or_none()
    if found is None:
        abort(401)
    return found


def viewer_or_none() -> Viewer | None:
    """The person who is signed in, or None; one query, once per request, and none for the page of a broken database."""
    try:
        return g.viewer
    except AttributeError:
        if g.get("is_broken"):
            return None
        token = session_token()
        g.viewer = sessions.viewer_of_session(token) if token else None
        return g.viewer


def admit(endpoint_access: Access | None) -> Response | None:
    """Let the request pass, send it to the login page, or refuse it; called before every view."""
    if endpoint_access is None:
        raise Forbidden(f"the view {request.endpoint} does not say who may call it")
    if endpoint_access.level is Level.PUBLIC:
        return None
    person = viewer_or_none()
    if person is None:
        return ask_to_sign_in()
    if not endpoint_access.admits(person):
        raise Forbidden(request.path)
    if person.seen_through_by and request.method not in SAFE_METHODS and not _is_open_while_viewing():
        raise ViewingOnly(request.path)
    return None


def _is_open_while_viewing() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), WHILE_VIEWING, False)


def ask_to_sign_in() -> Response:
    """The login page for a browser, which comes back afterwards; 401 for a fragment, which keeps what was typed."""
    if is_fragment():
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method in SAFE_METHODS else (_own_referrer() or "/")
    return redirect(f"{LOGIN_PATH}?next={quote(wanted, safe='/')}", 303)  # type: ignore[return-value]


def local_path(target: str | None) -> str:
    """`target` when it is a path of this program, else "/": nobody is sent elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if any(ord(letter) < 33 or letter == "\\" for letter in target) or urlsplit(target).netloc:
        return "/"
    return "/" if urlsplit(target).path in (LOGIN_PATH, "/logout") else target


def cookie_name() -> str:
    """The session cookie; over https its name itself forbids other hosts and paths to set it."""
    return "__Host-kartotek" if request_is_secure() else "kartotek"


def request_is_secure() -> bool:
    """Whether cookies of this answer are for https only."""
    setting = current_app.config["KARTOTEK"].cookie_secure
    return request.is_secure if setting == "auto" else setting == "on"


def session_token() -> str | None:
    """The session token the browser sent, if it looks like one."""
    token = request.cookies.get(cookie_name())
    return token if token and len(token) < 100 else None


def sign_browser_in(answer: Response, token: str) -> Response:
    """Give the browser its session cookie."""
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.LIFETIME.total_seconds()),
        secure=request_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    forget_viewer()
    return answer


def sign_browser_out(answer: Response) -> Response:
    """Take the session cookie away."""
    answer.delete_cookie(cookie_name(), secure=request_is_secure(), httponly=True, samesite="Lax", path="/")
    forget_viewer()
    return answer


def forget_viewer() -> None:
    """Look anew at who is asking."""
    g.pop("viewer", None)
    forget_reader()


class SignedIn(UserMixin):
    """The person as Flask-Login hands them to extensions (`flask_login.current_user`); views use `viewer()`."""

    def __init__(self, person: Viewer) -> None:
        self.id = person.user_id
        self.viewer = person


def setup_login(app: Flask) -> None:
    """Let Flask-Login know the session of ours; it keeps none of its own."""
    manager = LoginManager()
    manager.session_protection = None
    # Not init_app: it hooks in a remember-me cookie, which opens the form cookie even for static files.
    app.login_manager = manager  # type: ignore[attr-defined]

    @manager.request_loader
    def load(_request: Any) -> SignedIn | None:
        person = viewer_or_none()
        return SignedIn(person) if person else None


def _own_referrer() -> str:
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
