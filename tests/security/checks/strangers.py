"""Non-interference: two databases that differ only in rows somebody may not see answer them alike (QUALITY 3)."""

import re
from collections.abc import Callable, Iterable

from tests.security.crawl import Address, Answer, Form, keep
from tests.security.site import Site
from tests.security.world import WITH, WITHOUT

# What is drawn anew for every page and would differ between two answers of one database.
DRAWN = re.compile(rb'(name="(?:csrf_token|key)" value="|name="csrf-token" content=")[^"]*')
# The bytes of files are laid on disk anew for each of the two.
PASSING = ("Set-Cookie", "Content-Length", "Last-Modified", "Date")

Answers = dict[object, Answer]


def faults(
    site: Site, name: str, addresses: Iterable[Address], forms: Iterable[Form] = (), indexed: bool = False
) -> list[str]:
    """Every address and form that tells this person whether North's rows are there.

    `indexed` asks after the worker has indexed everything. Forms may only be such as are refused.
    """
    wanted, sent = list(addresses), list(forms)
    without, with_them = (_answers(site, world, name, wanted, sent, indexed) for world in (WITHOUT, WITH))
    return [f"{asked}: {difference}" for asked in without if (difference := _compare(without[asked], with_them[asked]))]


def _answers(site: Site, world: str, name: str, addresses: list[Address], forms: list[Form], indexed: bool) -> Answers:
    site.restore(world)
    if indexed:
        site.work()
    browser = site.browser(name)
    found: Answers = {one: keep(browser.get(one.path, fragment=one.fragment)) for one in addresses}
    for form in forms:
        found[str(form)] = keep(browser.post(form.action, data=dict(form.fields)))
    return found


def _compare(one: Answer, other: Answer) -> str:
    if one.status != other.status:
        return f"{one.status} without, {other.status} with the hidden rows"
    headers: Callable[[Answer], list[tuple[str, str]]] = lambda answer: [  # noqa: E731
        pair for pair in answer.headers if pair[0] not in PASSING
    ]
    if headers(one) != headers(other):
        return f"other headers: {sorted(set(headers(one)) ^ set(headers(other)))}"
    return _difference(*(DRAWN.sub(rb"\1", answer.body).decode("utf-8", "replace") for answer in (one, other)))


def _difference(one: str, other: str) -> str:
    if one == other:
        return ""
    first = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"…{one[max(0, first - 80) : first + 80]!r} became …{other[max(0, first - 80) : first + 80]!r}"
