"""/settings/data-model and /settings/limits."""

from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient

from crm.associations.labels import create_label, set_limit
from crm.db import end_read, unit_of_work
from crm.objects.registry import ceilings
from crm.permissions.viewer import Viewer
from crm.settings.data_model import CARD, Wishes, data_model
from crm.settings.data_model import _drawn as drawn
from tests.factories import make_contact, make_deal
from tests.factories.objects import make_object
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]
PAGE = "/settings/data-model"


def test_db_39_the_page_shows_objects_links_and_counts(client_of: Sign, alice: Viewer) -> None:
    make_object(alice, associated=("contact",))
    make_contact(alice)
    page = read(client_of(alice).get(PAGE).text)
    picture, table = page.one("svg", css="model"), page.one("table")
    labels = [link["aria-label"] for link in picture.all("a")]
    assert any(label.startswith("Contacts: 1 records, ") for label in labels)
    assert any(label.startswith("Machines: 0 records, ") for label in labels)
    rows = {row.one("th").text.split()[0]: row.text for row in table.one("tbody").all("tr")}
    assert "Contacts" in rows["Machines"]
    assert "Deals" not in rows["Machines"]
    assert "one per record" in rows["Companies"]
    assert "/objects/contacts" in page.links()


def test_db_39_lines_lead_where_records_may_be_associated(alice: Viewer) -> None:
    make_object(alice, associated=("contact", "company"))
    picture = data_model(alice, Wishes())
    lines = {frozenset((line.bond.one.name, line.bond.other.name)): line.bond for line in picture.lines}
    assert frozenset(("machine", "contact")) in lines
    assert frozenset(("machine", "deal")) not in lines
    assert frozenset(("machine",)) not in lines
    assert [label for label, _ in lines[frozenset(("machine", "company"))].labels] == ["Primary"]


def test_db_40_labels_and_limits_are_told_on_lines_and_in_the_table(client_of: Sign, alice: Viewer) -> None:
    end_read()
    with unit_of_work():
        create_label(alice, "contact", "deal", "Decides")
        create_label(alice, "contact", "deal", "Influences", "Influenced by")
        set_limit(alice, "deal", "contact", None, 5)
    end_read()
    page = read(client_of(alice).get(PAGE).text)
    texts = [text.text for text in page.one("svg", css="model").all("text", css="model-label-text")]
    assert texts.count("2 labels") == 1
    assert "Primary · 1" in texts
    rows = {row.one("th").text.split()[0]: row for row in page.one("table").one("tbody").all("tr")}
    for name in ("Contacts", "Deals"):
        assert "one deal: at most 5 contacts" in rows[name].text
        assert "2 labels" in rows[name].text
    assert "/settings/objects/deals/associations/contacts" in rows["Deals"].links()


def test_db_39_cards_of_many_objects_do_not_touch(alice: Viewer) -> None:
    first = data_model(alice, Wishes()).cards[0]
    for count in range(2, 41):
        kinds = [replace(first.kind, name=f"thing_{number}") for number in range(count)]
        cards = drawn(kinds, [], [], {kind.name: first.records for kind in kinds}, set()).cards
        for place, one in enumerate(cards):
            for other in cards[place + 1 :]:
                across, down = abs(one.x - other.x) - CARD[0], abs(one.y - other.y) - CARD[1]
                assert max(across, down) >= 8, (count, one.kind.name, other.kind.name)


def test_only_objects_in_use_a_search_and_activities(alice: Viewer) -> None:
    make_object(alice)
    make_deal(alice)
    used = data_model(alice, Wishes(only_used=True, with_activities=True))
    assert [card.kind.name for card in used.cards] == ["deal"]
    assert not used.chips
    found = data_model(alice, Wishes(q="MACH"))
    assert [card.kind.name for card in found.cards if card.is_found] == ["machine"]
    assert {card.kind.name for card in found.cards} == {"machine", "contact", "company", "deal", "ticket"}
    assert len(data_model(alice, Wishes(with_activities=True)).chips) > 5
    assert not data_model(alice, Wishes(q="nothing like it")).cards


def test_numbers_count_what_the_viewer_may_see(alice: Viewer, bob: Viewer) -> None:
    make_deal(alice)
    make_deal(bob, hubspot_owner_id=None)
    counts = {card.kind.name: card.records.number for card in data_model(bob, Wishes()).cards}
    assert counts["deal"] < {card.kind.name: card.records.number for card in data_model(alice, Wishes()).cards}["deal"]


def test_an_empty_answer_says_what_to_do(client_of: Sign, alice: Viewer) -> None:
    assert "No object matches" in client_of(alice).get(f"{PAGE}?q=zzz").text


def test_the_limits_page_tells_every_ceiling_with_what_happens_at_it(client_of: Sign, alice: Viewer) -> None:
    rows = read(client_of(alice).get("/settings/limits").text).one("tbody").all("tr")
    assert len(rows) == len(list(ceilings)) > 12
    for row in rows:
        assert all(cell.text for cell in row.all("td"))
