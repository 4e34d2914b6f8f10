"""What somebody may not see changes nothing of what they are answered (QUALITY 3: non-interference)."""

from urllib.parse import quote

from tests.security.checks import strangers
from tests.security.crawl import Address
from tests.security.site import Site, crawled
from tests.security.test_refusals import norths
from tests.security.world import COMMON, SECRET

# How far the index is behind is told to whoever watches over the server.
WATCHED = ("/healthz", "/healthz/search")
WORDS = (
    SECRET[:4],
    COMMON,
    f"{COMMON} company",
    f'"{SECRET} calling"',
    f"-{SECRET} calling",
    "or",
    "comment",
    f"{SECRET}.pdf",
    f"{SECRET}@example.com".lower(),
    "+1 212 555 0123",
    f'on:"{SECRET} deal"',
    f"type:call {COMMON}",
    "owner:bob",
)


def questions(site: Site) -> list[Address]:
    """Everything that finds by words, with the words of both teams, and every number there is."""
    numbers = range(1, max(site.world.north.activities.values()) + 3)
    words = [*WORDS, *map(str, numbers)]
    paths = [f"/search?q={quote(word)}" for word in words]
    paths += [f"/search/suggestions?q={quote(word)}" for word in words]
    paths += [f"/objects/contacts?q={quote(word)}" for word in WORDS]
    here = f"/records/{site.world.south.contact}"
    paths += [
        f"{here}/associations/{plural}/add?q={quote(word)}" for word in WORDS for plural in ("companies", "deals")
    ]
    paths += [f"{here}/activities/links?kind=note&link_q={quote(word)}" for word in WORDS]
    paths += [f"{here}/timeline?q={quote(word)}" for word in WORDS]
    note = site.world.south.activities["note"]
    paths += [f"/activities/{note}/associations?object=companies&q={quote(word)}" for word in WORDS]
    paths += [f"/objects/contacts?associated={number}" for number in numbers]
    paths += [f"/objects/contacts/new?associate_with={number}" for number in numbers]
    paths += [f"/activities/{note}?record={number}" for number in numbers]
    return [Address(path, True) for path in paths]


def test_hidden_rows_change_no_address_there_is(site: Site) -> None:
    addresses = dict.fromkeys([*crawled(site).answers, *crawled(site, "charlie").answers])
    addresses = [one for one in addresses if one.path not in WATCHED]
    assert strangers.faults(site, "charlie", addresses, norths(site)) == []


def test_hidden_rows_change_no_search_before_they_are_indexed(site: Site) -> None:
    assert strangers.faults(site, "charlie", questions(site)) == []


def test_hidden_rows_change_no_search_once_they_are_indexed(site: Site) -> None:
    found = [one for one in questions(site) if one.path.startswith("/search?") or "/timeline?" in one.path]
    assert strangers.faults(site, "charlie", found, indexed=True) == []


def test_the_other_team_itself_is_shown_them(site: Site) -> None:
    """What the tests above rest on: to somebody who sees the rows they make a difference."""
    assert len(strangers.faults(site, "bob", map(Address, site.starts(site.world.north)))) > 50
