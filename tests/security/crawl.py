"""Walking the program as somebody reads it: every address of the URL map, every link and form found on the way.

New routes, links, fragments, fields and forms are walked without an edit here.
"""

import re
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from crm.db import end_read
from crm.objects.queries import schema
from tests.security.places import rule_at
from tests.support.browser import Browser
from tests.support.html import Element, read
from tests.support.thoroughness import EVERYTHING

Choice = TypeVar("Choice")
Fields = tuple[tuple[str, str], ...]
NUMBERS = re.compile(r"\d+")
MOST_OF_A_SHAPE = 1
BUTTONS = ("submit", "")
WITHIN = re.compile(r"/(?!/|.*/\.)[^?#]*(\?[^#]+)?(#|$)")
"""A path of the program itself, with nothing in it that would have to be resolved."""
PAGE = "text/html"


@dataclass(frozen=True)
class Address:
    """Something to be read: a path with its query, as a page or as a fragment."""

    path: str
    fragment: bool = False

    def __str__(self) -> str:
        return f"GET {self.path}" + (" (fragment)" if self.fragment else "")


@dataclass(frozen=True)
class Form:
    """Something to be sent, as it stands in a page when nobody has touched it; `looks` is what its controls are."""

    action: str
    fields: Fields
    looks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, each once."""
        return tuple(dict.fromkeys(name for name, _value in self.fields))

    @property
    def data(self) -> dict[str, list[str]]:
        """What is sent: the values of each field."""
        return {name: [value for other, value in self.fields if other == name] for name in self.names}

    @property
    def number(self) -> int:
        """A number of its own, the same in every run and whatever other forms there are."""
        return zlib.crc32(f"{NUMBERS.sub('N', self.action)} {self.names}".encode())

    def some(self, choices: Sequence[Choice], most: int) -> Sequence[Choice]:
        """Those of `choices` that it is tried with; all of them where everything is asked for."""
        if len(choices) <= most or EVERYTHING:
            return choices
        step = len(choices) // most
        return [choices[(self.number + step * turn) % len(choices)] for turn in range(most)]

    def __str__(self) -> str:
        return f"POST {self.action} {dict(self.fields)}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        return dict(self.headers).get("Content-Type", "").startswith(PAGE)


@dataclass
class Crawl:
    """Everything that was read, every form that was seen, and what reading should not have done."""

    answers: dict[Address, Answer] = field(default_factory=dict)
    forms: dict[object, Form] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


Hook = Callable[[Address, TestResponse], None]


def keep(answer: TestResponse) -> Answer:
    """The parts of an answer worth keeping; closes it."""
    found = Answer(answer.status_code, tuple(answer.headers.items()), answer.get_data())
    answer.close()
    return found


def crawl(browser: Browser, starts: Iterable[str], on_answer: Hook | None = None, most: int = MOST_OF_A_SHAPE) -> Crawl:
    """Read `starts` and whatever they lead to, as page and as fragment; of addresses of one shape the first `most`."""
    app, found, shapes, alike = browser.application, Crawl(), Counter[object](), _words_alike()
    waiting = deque(Address(path, fragment) for path in starts for fragment in (False, True))
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        answer = browser.get(address.path, fragment=address.fragment)
        if on_answer is not None:
            on_answer(address, answer)
        kept = found.answers[address] = keep(answer)
        if not kept.is_page:
            continue
        page = read(kept.text)
        for form in forms_of(page, address.path):
            found.forms.setdefault(_form_shape(app, form), form)
        for further in links_of(page, address.path):
            if further in known:
                continue
            shape = (_shape(app, further.path, alike), further.fragment)
            if shape[0] is None or shapes[shape] >= most:
                continue
            known.add(further)
            shapes[shape] += 1
            waiting.append(further)
    return found


def links_of(page: Element, here: str) -> Iterator[Address]:
    """Where a page leads without changing anything: links, what htmx loads, and forms that are read."""
    for one in page.walk():
        for name, fragment in (("href", False), ("hx-get", True)):
            path = _own(one.attributes.get(name, ""), here) if one.tag != "link" else None
            if path is not None:
                fields = tuple(_fields(one)) if one.tag == "form" else ()
                yield Address(_with_query(path, fields), fragment)
        if one.tag == "form" and one.attributes.get("method", "get").lower() == "get":
            path = _own(one.attributes.get("action", here), here)
            if path is not None:
                yield Address(_with_query(path, tuple(_fields(one))))


def forms_of(page: Element, here: str) -> Iterator[Form]:
    """What a page lets one send: each form once for every button, and elements that send by themselves."""
    for one in page.walk():
        if one.tag == "form" and one.attributes.get("method", "get").lower() != "get":
            yield from _sendings(one, here)
        elif one.tag != "form" and (path := _own(one.attributes.get("hx-post", ""), here)) is not None:
            yield Form(path, ())


def _sendings(form: Element, here: str) -> Iterator[Form]:
    fields, looks = tuple(_fields(form)), tuple(sorted(set(_looks(form))))
    buttons = [one for one in form.all("button") if one.attributes.get("type", "") in BUTTONS]
    plain = Element("button", {})
    for button in buttons or [plain]:
        own = ((button["name"], button.attributes.get("value", "")),) if button.attributes.get("name") else ()
        action = button.attributes.get("formaction") or form.attributes.get("action", here)
        path = _own(action, here)
        if path is not None:
            yield Form(path, fields + own, looks)


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    for one in form.walk():
        name, kind = one.attributes.get("name", ""), one.attributes.get("type", "")
        if name in ("", "csrf_token") or "disabled" in one:
            continue
        if one.tag == "textarea":
            yield name, "".join(child for child in one.children if isinstance(child, str)).removeprefix("\n")
        elif one.tag == "select":
            options = one.all("option")
            chosen = [option for option in options if "selected" in option]
            for option in chosen or options[:1]:
                yield name, option.attributes.get("value", "")
        elif one.tag == "input" and (kind not in ("checkbox", "radio") or "checked" in one):
            yield name, one.attributes.get("value", "")


def _looks(form: Element) -> Iterator[str]:
    """What sorts of controls a form has: two forms for texts are alike, one for a date is another."""
    for one in form.walk():
        if one.tag in ("textarea", "select", "input") and one.attributes.get("name") not in (None, "csrf_token"):
            yield " ".join(
                [one.tag, one.attributes.get("type", ""), one.attributes.get("inputmode", "")]
                + ["multiple"] * ("multiple" in one)
            )


def _own(target: str, here: str) -> str | None:
    """The path of a link when it leads to the program itself."""
    if not target or target.startswith("#"):
        return None
    if WITHIN.match(target):
        return target.partition("#")[0]
    parts = urlsplit(urljoin(f"http://localhost{here}", target))
    if parts.netloc != "localhost" or parts.scheme != "http":
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _with_query(path: str, fields: Fields) -> str:
    if not fields:
        return path
    return f"{path.partition('?')[0]}?{urlencode(fields)}"


def _shape(app: Flask, path: str, alike: Mapping[str, str]) -> object:
    """Addresses of one shape have the same rule, the same words in it, and give values to the same names.

    Pages about a property are alike for all properties of a type: the same templates ask the same controls of them, and
    there are some four hundred properties. Where everything is asked for each is read.
    """
    try:
        rule, values = rule_at(app, path)
    except HTTPException:
        return None
    words = tuple(alike.get(value, value) for _name, value in sorted(values.items()) if isinstance(value, str))
    query = urlsplit(path).query
    given = frozenset(re.findall(r"(?:^|&)([^=&]+)=(?=[^&])", query))
    return rule.endpoint, words, given


def _words_alike() -> dict[str, str]:
    """By the names of properties what stands for them in a shape: their types, and whether people made them."""
    if EVERYTHING:
        return {}
    end_read()
    properties = [prop for kind in schema().types.values() for prop in kind.properties.values()]
    return {prop.name: f"{prop.type} {prop.is_custom}" for prop in properties}


def _form_shape(app: Flask, form: Form) -> object:
    try:
        rule, values = rule_at(app, form.action, "POST")
    except HTTPException:
        return form.action
    if "name" in values:
        return rule.endpoint, form.looks
    return rule.endpoint, form.names, form.looks
