"""Every answer carries the headers of QUALITY 3, whatever went wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response

from crm.web.auth import public
from tests.conftest import SESSION_COOKIE
from tests.security.checks import headers
from tests.security.sabotage import add_route
from tests.security.site import Site, crawled
from tests.support import cast
from tests.support.browser import Browser

Ask = Callable[[Browser], Any]


@pytest.mark.parametrize("name", ["alice", "charlie", "eve"])
def test_every_answer_somebody_reads_carries_the_headers(site: Site, name: str) -> None:
    faults = [
        fault
        for address, answer in crawled(site, name).answers.items()
        for fault in headers.faults(str(address), answer.status, answer.headers, address.path.startswith("/static/"))
    ]
    assert faults == []


NO_HOST = "a host that is none"
STRANGE: dict[str, tuple[int, Ask]] = {
    NO_HOST: (400, lambda browser: browser.get("/", headers={"Host": "a b"})),
    "a form without its token": (400, lambda browser: browser.post("/logout", form_token=False)),
    "nonsense in an address": (400, lambda browser: browser.get("/objects/contacts?page-key=x")),
    "from another site": (403, lambda browser: browser.post("/logout", headers={"Origin": "http://evil.example"})),
    "no such address": (404, lambda browser: browser.get("/nowhere")),
    "no such file": (404, lambda browser: browser.get("/static/app.css")),
    "a method nobody takes": (405, lambda browser: browser.delete("/login")),
    "a strange method": (405, lambda browser: browser.open("/login", method="PROPFIND")),
    "too large": (413, lambda browser: browser.post("/records/1/tab", data=b"x" * (21 * 1024 * 1024))),
    "a wrong password": (422, lambda browser: browser.post("/login", data={"email": "a@b.example", "password": "x"})),
    "a mistake of ours": (500, lambda browser: browser.get("/broken")),
    "a mistake of ours in a change": (500, lambda browser: browser.post("/broken")),
    "what may be done": (200, lambda browser: browser.open("/objects/contacts", method="OPTIONS")),
    "only the head": (200, lambda browser: browser.head("/objects/contacts")),
}


@pytest.mark.parametrize("what", STRANGE)
def test_answers_to_strange_requests_carry_them_too(site: Site, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    add_route(monkeypatch, site.app, "/broken", public(_broken), ["GET", "POST"])
    status, ask = STRANGE[what]
    found = ask(site.browser("alice"))
    assert found.status_code == status
    own = "'none'" if what == NO_HOST else headers.STATIC
    assert headers.faults(what, found.status_code, found.headers, own=own) == []


def _broken() -> Response:
    raise ZeroDivisionError("a secret of the program")


def test_too_many_tries_carry_them_too(site: Site) -> None:
    eve, typed = site.browser("eve"), {"email": cast.email_of("bob"), "password": "wrong"}
    answers = [eve.post("/login", data=typed) for _ in range(11)]
    assert answers[-1].status_code == 429
    assert headers.faults("too many tries", 429, answers[-1].headers) == []
    site.restore()


@pytest.mark.parametrize("base", ["http://localhost", "https://localhost"])
def test_cookies_are_kept_from_scripts_and_other_sites(site: Site, base: str) -> None:
    eve, typed = site.browser("eve"), {"email": cast.email_of("bob"), "password": cast.PASSWORD}
    page = eve.get("/login", base_url=base)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {**typed, "csrf_token": token}
    answer = eve.post("/login", base_url=base, data=sent, form_token=False)
    assert answer.status_code == 303
    is_secure = base.startswith("https")
    for one in (page, answer):
        assert headers.faults("signing in", one.status_code, one.headers, is_secure=is_secure) == []
    cookies = answer.headers.getlist("Set-Cookie")
    prefix = "__Host-" if is_secure else ""
    assert [one for one in cookies if one.startswith(f"{prefix}{SESSION_COOKIE}=")]
    site.restore()


def test_a_password_is_never_sent_back(site: Site) -> None:
    eve = site.browser("eve")
    answer = eve.post("/login", data={"email": cast.email_of("bob"), "password": "wrong-and-long-enough"})
    assert "wrong-and-long-enough" not in answer.text
    site.restore()


def test_the_address_of_no_page_holds_a_secret(site: Site) -> None:
    secrets = [*site.world.tokens.values(), site.app.config["SECRET_KEY"]]
    for address, answer in crawled(site).answers.items():
        assert not [secret for secret in secrets if secret in address.path or secret in answer.text], address
