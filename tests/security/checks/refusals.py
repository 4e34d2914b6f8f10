"""Deny no write: whatever is answered with 4xx or 5xx has changed nothing, in no table, file or outbox (QUALITY 3)."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.security.crawl import Form
from tests.security.places import rule_at
from tests.security.site import Site

FORM = "application/x-www-form-urlencoded"
# A password that is wrong is counted, and told to the audit log; that is what stops the next thousand.
COUNT = "sign_in_attempt"
TOLD = {COUNT, "audit_entry"}
OVERLONG = "x" * 70_000
NONSENSE = (
    "",
    " \t ",
    "\x00",
    OVERLONG,
    "9" * 30,
    "-1",
    "0",
    "1e400",
    "٣",
    "<script>alert(1)</script>",
    "' OR 1=1; DROP TABLE record; --",
    "%00%s%(name)s",
    "0000-00-00T99:99",
    "[]",
    "../../etc/passwd",
    "\u202e\u0301\U0001f600",
)
MOST_EVERYWHERE, MOST_FIELDS, MOST_MISSHAPEN = 2, 3, 2
NUMBERS_OF_NOTHING = ("0", "999999999", "9223372036854775807", "9" * 30)
KEPT = ("csrf_token", "key")


@dataclass(frozen=True)
class Sending:
    """One request that ought to change nothing, or to be accepted whole."""

    what: str
    path: str
    options: dict[str, Any]

    def __str__(self) -> str:
        return f"POST {self.path} with {self.what}"


def faults(site: Site, name: str, sendings: Iterable[Sending], fragment: bool = False) -> list[str]:
    """Every sending that was refused and still changed something, or that broke the program.

    Once something was accepted, everything is put back before the next address.
    """
    found, moved, path = [], False, ""
    for one in sendings:
        if moved and one.path != path:
            site.restore()
            moved = False
        path = one.path
        answer = site.browser(name).post(one.path, fragment=fragment, **one.options)
        changed = set(site.state.changes())
        moved = moved or bool(changed)
        if answer.status_code >= 500:
            found.append(f"{name}: {one} answers {answer.status_code}")
        if answer.status_code >= 400 and changed and not (COUNT in changed and changed <= TOLD):
            found.append(f"{name}: {one} answers {answer.status_code} and changed {sorted(changed)}")
        answer.close()
    if moved:
        site.restore()
    return found


def as_it_stands(forms: Iterable[Form]) -> Iterator[Sending]:
    """The forms as the pages hold them: for those who may not send them."""
    for form in forms:
        yield Sending("what the page holds", form.action, {"data": form.data})


def nonsense(form: Form) -> Iterator[Sending]:
    """One form with things in it that no page of ours sends: from somebody who may send it as it is."""
    free = [name for name in form.names if name not in KEPT]
    for value in form.some(NONSENSE, MOST_EVERYWHERE):
        yield _sending(f"{value[:20]!r} everywhere", form, dict.fromkeys(free, [value]))
    for place, name in form.some(list(enumerate(free)), MOST_FIELDS):
        value = [NONSENSE[(place + form.number) % len(NONSENSE)]] if place % 4 else []
        yield _sending(f"{name}={value[:1]!r}", form, {name: value})
    yield from form.some(_misshapen(form, free), MOST_MISSHAPEN)


def _misshapen(form: Form, free: list[str]) -> list[Sending]:
    fields = dict(form.fields)
    json_form = {"data": json.dumps(fields), "content_type": "application/json"}
    broken = b"&".join(name.encode() + b"=%ED%A0%80%FF" for name in free)
    return [
        _sending("lists for single values", form, {name: ["1", "x", ""] for name in free}),
        Sending("nothing", form.action, {"data": {}}),
        Sending("names of lists", form.action, {"data": {f"{name}[]": value for name, value in form.fields}}),
        Sending("files for texts", form.action, {"data": {one: (io.BytesIO(b"x"), "x.txt") for one in free}}),
        Sending("JSON", form.action, json_form),
        Sending("a JSON list", form.action, {"data": "[1]", "content_type": "application/json"}),
        Sending("broken UTF-8", form.action, {"data": broken, "content_type": FORM}),
    ]


def elsewhere(site: Site, form: Form) -> Iterator[Sending]:
    """The form sent to addresses of things that are not there."""
    _rule, values = rule_at(site.app, form.action, "POST")
    numbers = [str(value) for value in values.values() if isinstance(value, int)]
    for number in numbers:
        for other in NUMBERS_OF_NOTHING:
            action = form.action.replace(f"/{number}", f"/{other}", 1)
            yield Sending(f"{other} for {number}", action, {"data": form.data})


def _sending(what: str, form: Form, changed: dict[str, list[str]]) -> Sending:
    return Sending(what, form.action, {"data": form.data | changed})


def refreshed(form: Form) -> Form:
    """The same form without its key, so that it is not taken for one that was sent before."""
    return replace(form, fields=tuple((name, value) for name, value in form.fields if name != "key"))
