"""Reading changes nothing (DESIGN 7), and every fragment is one element that htmx can swap (DESIGN 9)."""

import pytest

from tests.architecture.test_templates import Roots
from tests.security.crawl import Address, Answer
from tests.security.places import rule_at, rules
from tests.security.site import Site, crawled


@pytest.mark.timeout(900)
def test_no_address_writes_or_breaks_when_it_is_read(site: Site) -> None:
    for name in ("alice", "charlie", "eve"):
        assert crawled(site, name).faults == [], name


def test_every_route_that_can_be_read_is_read_and_shows_something(site: Site) -> None:
    read = crawled(site).answers
    # 503 is what whoever watches over the server is told while nobody indexes.
    shown = {
        rule_at(site.app, one.path)[0].endpoint for one, answer in read.items() if answer.status in (200, 303, 503)
    }
    # Pictures are shown of what is one: tests/files and tests/records ask for theirs.
    unseen = {"accounts.setup", "files.preview", "records.show_picture"}
    # A table is its owner's alone, and that of this world was never made; the newest list has no conditions to fail.
    unseen |= {"exports.download_table", "lists.test_record"}
    assert {rule.endpoint for rule in rules(site.app)} - shown == unseen


def test_every_fragment_is_one_element_with_an_id(site: Site) -> None:
    faults = [fault for one, answer in crawled(site).answers.items() if (fault := _roots_fault(one, answer))]
    assert faults == []


def _roots_fault(address: Address, answer: Answer) -> str:
    """What htmx swaps is one element; others beside it go elsewhere and say so (hx-swap-oob)."""
    whole = answer.text.lower().lstrip()
    if not address.fragment or answer.status != 200 or not answer.is_page or not whole or whole.startswith("<!doctype"):
        return ""
    reader = Roots()
    reader.feed(answer.text)
    swapped = [attributes for _tag, attributes in reader.roots if "hx-swap-oob" not in attributes]
    if len(swapped) != 1:
        return f"{address} has {len(swapped)} root elements"
    return "" if "id" in swapped[0] else f"the root element of {address} has no id"
