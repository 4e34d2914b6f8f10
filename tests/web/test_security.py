"""What every request passes and every answer carries."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from crm.config import Config
from crm.permissions.viewer import Viewer
from crm.web import setup_web
from crm.web.assets import asset
from crm.web.auth import public, request_is_secure

SignIn = Callable[[Viewer], FlaskClient]
POLICY = (
    "default-src 'none'; script-src http://localhost/static/; style-src http://localhost/static/; "
    "img-src 'self' data:; font-src http://localhost/static/; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src http://localhost/static/"
)


PATHS = ["/open", "/mine", "/unmarked", "/nowhere", "/login", "/static/nothing.css", "/healthz"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(outsider: FlaskClient, path: str) -> None:
    headers = outsider.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_a_static_file_carries_them_too_and_may_be_kept(site: Flask, outsider: FlaskClient) -> None:
    with site.app_context():
        url = asset("css/app.css")
    headers = outsider.get(url).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "immutable" in headers["Cache-Control"]


def test_https_is_kept_for_a_year(outsider: FlaskClient) -> None:
    headers = outsider.get("/open", base_url="https://crm.example").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "script-src https://crm.example/static/;" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["crm.example; script-src *", "a b", "x'y", "ex\u00e4mple", "a" * 300])
def test_a_host_that_is_none_is_refused_and_never_echoed(outsider: FlaskClient, host: str) -> None:
    answer = outsider.get("/open", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.headers["Content-Security-Policy"]


def test_a_change_needs_the_token_of_the_form(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    assert browser.post("/mine", data={"a": "1"}).status_code == 200
    refused = browser.post("/mine", data={"a": "1"}, form_token=False)
    assert refused.status_code == 400
    assert "This page is out of date" in refused.text
    assert browser.post("/mine", data={"csrf_token": browser.form_token()}, form_token=False).status_code == 200
    assert browser.post("/mine", data={"csrf_token": "made-up"}, form_token=False).status_code == 400


def test_the_token_of_one_browser_is_none_in_another(signed_in: SignIn, bob: Viewer, charlie: Viewer) -> None:
    stolen = signed_in(bob).form_token()
    answer = signed_in(charlie).post("/mine", headers={"X-CSRFToken": stolen}, form_token=False)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[localhost"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 403),
        ({}, 200),
    ],
)
def test_a_change_comes_from_our_own_pages(
    signed_in: SignIn, bob: Viewer, headers: dict[str, str], status: int
) -> None:
    assert signed_in(bob).post("/mine", headers=headers).status_code == status


def test_over_https_a_page_that_came_without_it_is_another_site(outsider: FlaskClient) -> None:
    def status(origin: str) -> int:
        return outsider.post("/mine", base_url="https://localhost", headers={"Origin": origin}).status_code

    assert (status("https://localhost"), status("http://localhost")) == (303, 403)


def test_a_body_over_the_limit_is_answered_after_it_was_sent(signed_in: SignIn, bob: Viewer) -> None:
    browser = signed_in(bob)
    answer = browser.post("/mine", data={"file": "x" * 3_000_000})
    assert answer.status_code == 200
    answer = browser.post("/mine", data=b"x" * (21 * 1024 * 1024), content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413
    assert "larger than this Kartotek takes" in answer.text


def test_nobody_signed_out_makes_us_read_a_body(outsider: FlaskClient) -> None:
    answer = outsider.post("/mine", data=b"x" * (21 * 1024 * 1024), content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303


@pytest.mark.parametrize(("setting", "secure"), [("auto", True), ("on", True), ("off", False)])
def test_a_trusted_proxy_says_how_the_request_came(tmp_path: Path, setting: str, secure: bool) -> None:
    config = dataclasses.replace(
        Config.from_environment({"KARTOTEK_DATA_DIR": str(tmp_path)}), trusted_proxies=1, cookie_secure=setting
    )
    app = Flask("behind", static_folder=None)
    setup_web(app, config)

    @app.get("/how")
    @public
    def how() -> dict[str, object]:
        return {"secure": request_is_secure(), "from": request.remote_addr, "host": request.host}

    told = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "crm.example"}
    assert app.test_client().get("/how", headers=told).json == {
        "secure": secure,
        "from": "198.51.100.9",
        "host": "crm.example",
    }


def test_without_a_trusted_proxy_nobody_is_believed(outsider: FlaskClient) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    headers = outsider.get("/open", headers=told).headers
    assert headers["Content-Security-Policy"] == POLICY
