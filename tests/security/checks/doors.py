"""Default deny: signed out, every route that is not public leads to the login page, or is a 401 as a fragment."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from crm.web.auth import Level, access_of
from tests.security.places import addresses
from tests.security.site import Site
from tests.security.world import SECRET

METHODS = ("GET", "POST")


def is_public(app: Flask, rule: Rule) -> bool:
    """Whether the view behind a rule is marked as open to everybody."""
    access = access_of(app.view_functions[rule.endpoint])
    return access is not None and access.level is Level.PUBLIC


def faults(site: Site) -> list[str]:
    """Every answer that somebody signed out gets and should not, and every change it made."""
    return list(_faults(site))


def _faults(site: Site) -> Iterator[str]:
    eve = site.browser("eve")
    for method in METHODS:
        for rule, path in addresses(site.app, site.world, site.world.north, method):
            if is_public(site.app, rule):
                continue
            for fragment in (False, True):
                answer = eve.open(path, method=method, fragment=fragment)
                where = f"{method} {path}{' (fragment)' if fragment else ''}"
                expected = answer.status_code == 401 if fragment else _asks_to_sign_in(answer)
                if not expected:
                    yield f"{where} answers {answer.status_code} {answer.headers.get('Location', '')}"
                if SECRET in answer.get_data(as_text=True):
                    yield f"{where} shows what North has"
                answer.close()
    if changed := site.state.changes():
        yield f"somebody signed out changed {changed}"


def _asks_to_sign_in(answer: object) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].startswith("/login?next=")  # type: ignore[attr-defined]
