"""Somebody at a browser, on a real server, over a real connection: cookies, the form token, forms and their answers."""

import http.client
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

PATIENCE = 60.0
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')

Form = Mapping[str, str] | Iterable[tuple[str, str]]


class NoAnswer(Exception):
    """The connection broke before the whole answer was here: what was asked for may have been done or not."""


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    location: str
    text: str


class Visitor:
    """One browser; every request has a connection of its own, so that none is lost to one that was closed."""

    def __init__(self, address: str) -> None:
        self._server = urlsplit(address).netloc
        self._cookies: dict[str, str] = {}
        self._token = ""

    def sign_in(self, email: str, password: str) -> None:
        """Go through the login page."""
        self.read_token("/login")
        answer = self.post("/login", {"email": email, "password": password})
        assert answer.status == 303, f"{email} cannot sign in: {answer.status} {answer.text[:500]}"
        self.read_token("/search")

    def take_session(self, token: str) -> None:
        """Be signed in already."""
        self._cookies["kartotek"] = token

    def get(self, path: str, fragment: bool = False) -> Answer:
        """Ask for a page, or as htmx does for a fragment."""
        return self._ask("GET", path, None, fragment)

    def post(self, path: str, form: Form, fragment: bool = False) -> Answer:
        """Send a form with the token of this browser."""
        fields = list(form.items()) if isinstance(form, Mapping) else list(form)
        return self._ask("POST", path, urlencode([*fields, ("csrf_token", self._token)]), fragment)

    def read_token(self, path: str) -> None:
        """Learn the form token of this browser from a page."""
        found = TOKEN.search(self.get(path).text)
        assert found, f"{path} has no form token"
        self._token = found.group(1)

    def _ask(self, method: str, path: str, body: str | None, fragment: bool) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if fragment:
            headers["HX-Request"] = "true"
        connection = http.client.HTTPConnection(self._server, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Answer(answer.status, answer.headers.get("Location", ""), text)
