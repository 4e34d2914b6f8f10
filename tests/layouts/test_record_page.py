"""The cards of a record page: read one by one, ordered, folded and filled by each for themselves (SPEC 1.5-1.9)."""

from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient

from crm.clock import now
from crm.db import db, touch, unit_of_work
from crm.layouts.content import to_text
from crm.layouts.defaults import default_layout
from crm.layouts.layout import CardCondition, Personal, Place, PlacedCard, RecordLayout, Tab
from crm.layouts.models import RecordLayoutRow, RecordLayoutTeam
from crm.layouts.personal import in_order, read_personal
from crm.layouts.reading import STAMP
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_deal, make_note, make_task, relate
from tests.support.html import Element, read

CONTACT = "contact"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact of bob."""
    return make_contact(bob, "Ada Berg", lifecyclestage="lead")


def keep(object_type: str, layout: RecordLayout, team_id: int | None = None) -> None:
    """Let everybody, or a team, see this layout."""
    with unit_of_work():
        row = RecordLayoutRow(
            object_type=object_type,
            name=f"of team {team_id}",
            is_default=team_id is None,
            content=to_text(layout),
            changed_at=now(),
        )
        db.session.add(row)
        db.session.flush()
        if team_id is not None:
            db.session.add(RecordLayoutTeam(object_type=object_type, team_id=team_id, layout_id=row.id))
        touch(STAMP)


def listing(key: str, *names: str, **more: object) -> PlacedCard:
    return PlacedCard(key, "property_list", title=key, settings={"properties": names}, **more)  # type: ignore[arg-type]


def page_of(browser: FlaskClient, record_id: int, query: str = "?tab=overview") -> Element:
    answer = browser.get(f"/records/{record_id}{query}")
    assert answer.status_code == 200
    return read(answer.text)


def keys(page: Element, column: str) -> list[str]:
    cards = page.one("crm-sortable", id=f"cards-{column}").all("section", css="card")
    return [one["id"].removeprefix("card-") for one in cards]


def properties_on(page: Element, key: str) -> list[str]:
    return [one.text for one in page.one("section", id=f"card-{key}").all("dt")]


def order(browser: FlaskClient, contact: int, column: str, **data: object) -> int:
    return browser.post(f"/records/{contact}/columns/{column}/order", data=data).status_code


def test_rec_02_the_default_page_has_the_cards_every_kind_says(browser: FlaskClient, contact: int) -> None:
    page = page_of(browser, contact)
    assert keys(page, "left")[0] == "about"
    assert keys(page, "overview")[:3] == ["highlights", "recent", "upcoming"]
    assert "table-deals" in keys(page, "overview")
    assert keys(page, "right")[:2] == ["linked-companies", "linked-deals"]


def test_rec_03_the_about_card_leads_to_all_properties_and_their_history(browser: FlaskClient, contact: int) -> None:
    menu = page_of(browser, contact).one("section", id="card-about").one("a", id="menu-about")["hx-get"]
    for is_fragment in (True, False):
        there = read(browser.get(menu, fragment=is_fragment).text)
        assert {f"/records/{contact}/properties", f"/records/{contact}/history"} <= set(there.links())
        assert [one["name"] for one in there.all("button", css="menu-item") if "name" in one] == ["up", "down"]


def test_every_card_is_read_again_by_itself(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    relate(bob, contact, make_deal(bob, "Ten tons"))
    page = page_of(browser, contact)
    for card in page.all("section", css="card"):
        key = card["id"].removeprefix("card-")
        answer = browser.get(f"/records/{contact}/cards/{key}", fragment=True)
        assert answer.status_code == 200
        (root,) = [one for one in read(answer.text).children if isinstance(one, Element)]
        assert (root["id"], root.text) == (card["id"], card.text)
    whole = browser.get(f"/records/{contact}/cards/table-deals")
    assert whole.location == f"/records/{contact}?tab=overview#card-table-deals"
    assert browser.get(f"/records/{contact}/cards/linked-deals").location == f"/records/{contact}#card-linked-deals"
    assert browser.get(f"/records/{contact}/cards/none", fragment=True).status_code == 404


def test_rec_33_upcoming_activities_are_the_three_nearest(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    make_note(bob, contact, "<p>Past</p>")
    for number in range(4):
        make_task(bob, contact, title=f"Task {number}", hs_timestamp=now().replace(day=12 + number))
    shown = page_of(browser, contact).one("section", id="card-upcoming").text
    assert [f"Task {number}" in shown for number in range(4)] == [True, True, True, False]
    assert "Past" not in shown


def test_rec_39_and_46_sections_are_put_in_order_for_oneself(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], alice: Viewer, contact: int
) -> None:
    before = keys(page_of(browser, contact), "right")
    wanted = [before[-1], *before[:-1]]
    assert order(browser, contact, "right", key=wanted) == 303
    assert keys(page_of(browser, contact), "right") == wanted
    assert keys(page_of(client_of(alice), contact), "right") == before
    assert order(browser, contact, "right", key=wanted, down=wanted[0]) == 303
    assert keys(page_of(browser, contact), "right")[:2] == [wanted[1], wanted[0]]
    assert order(browser, contact, "right", key=wanted, up=wanted[0]) == 303
    dragged = browser.post(f"/records/{contact}/columns/right/order", data={"key": wanted}, fragment=True)
    assert (dragged.status_code, dragged.text) == (200, "")
    assert keys(page_of(browser, contact), "right") == wanted


def test_what_cannot_be_moved_stays_and_what_is_none_is_refused(browser: FlaskClient, contact: int) -> None:
    cards = (listing("a", "phone"), listing("b", "email", may_move=False), listing("c", "city"), listing("d", "zip"))
    keep(CONTACT, RecordLayout(left=cards, tabs=default_layout(schema().object_type(CONTACT)).tabs))
    assert order(browser, contact, "left", key=["d", "a"]) == 303
    assert keys(page_of(browser, contact), "left") == ["d", "b", "a", "c"]
    assert page_of(browser, contact).one("section", id="card-b").all("button", css="menu-item") == []
    assert order(browser, contact, "left", key=["b", "a"]) == 403
    assert order(browser, contact, "left", key=["x"]) == 400
    assert order(browser, contact, "nowhere", key=["a"]) == 404
    assert keys(page_of(browser, contact), "left") == ["d", "b", "a", "c"]


def test_a_card_that_is_new_comes_after_the_one_it_follows() -> None:
    cards = [PlacedCard(key, "property_list") for key in "abcd"]
    moved = Personal(order={"left": ("d", "a")})
    assert [card.key for card in in_order(moved, "left", cards)] == ["d", "a", "b", "c"]


def test_rec_40_a_section_stays_collapsed_for_whoever_collapsed_it(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, contact: int
) -> None:
    fold = page_of(browser, contact).one("button", id="fold-linked-deals")
    assert (fold["formaction"], fold["aria-expanded"], fold["value"]) == (
        f"/records/{contact}/cards/linked-deals/fold", "true", "1",
    )  # fmt: skip
    answer = browser.post(fold["formaction"], data={"folded": "1"})
    assert answer.location == f"/records/{contact}#card-linked-deals"
    other = make_contact(bob)
    card = page_of(browser, other).one("section", id="card-linked-deals")
    assert card.one("button", css="card-fold")["aria-expanded"] == "false"
    assert card.all("div", css="card-body") == []
    assert page_of(client_of(alice), contact).one("section", id="card-linked-deals").all("div", css="card-body")
    again = read(browser.post(fold["formaction"], data={"folded": "0"}, fragment=True).text)
    assert again.one("section", id="card-linked-deals").all("div", css="card-body")


def test_own_properties_of_a_card_are_for_oneself_alone(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], alice: Viewer, contact: int
) -> None:
    usual = properties_on(page_of(browser, contact), "about")
    here = f"/records/{contact}/cards/about/properties"
    names = [one["value"] for one in read(browser.get(here).text).all("input", name="name")]
    answer = browser.post(here, data={"name": names[:2], "add": "city", "then": "add"}, fragment=True)
    assert answer.headers["HX-Trigger"] == "card-about-changed"
    browser.post(here, data={"name": [*names[:2], "city"], "up": "city"})
    browser.post(here, data={"name": [names[0], "city", names[1]], "without": names[0]})
    assert properties_on(page_of(browser, contact), "about") == ["City", usual[1]]
    assert properties_on(page_of(client_of(alice), contact), "about") == usual
    assert browser.post(here, data={"name": ["nothing"]}).status_code == 400
    browser.post(here, data={"reset": "1"})
    assert properties_on(page_of(browser, contact), "about") == usual
    assert browser.get(f"/records/{contact}/cards/linked-deals/properties").status_code == 403


def test_rec_36_and_37_a_tab_of_ones_own_is_opened_by_its_address(browser: FlaskClient, contact: int) -> None:
    usual = default_layout(schema().object_type(CONTACT))
    tab = Tab("money", "Money", (listing("pay", "email"),))
    keep(CONTACT, RecordLayout(left=usual.left, tabs=(usual.tabs[0], tab, *usual.tabs[1:]), right=usual.right))
    answer = browser.post(f"/records/{contact}/tab", data={"tab": "money"})
    assert answer.location == f"/records/{contact}?tab=money"
    assert keys(page_of(browser, contact, "?tab=money"), "money") == ["pay"]
    assert page_of(browser, contact, "").one("button", aria_current="true").text == "Overview"


def test_rec_42_the_properties_of_association_cards_are_those_of_the_layout(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    relate(bob, contact, *(make_deal(bob, f"Deal {number}", hs_next_step="Call") for number in range(3)))
    settings = {"object": "deal", "properties": ["hs_next_step"], "number": 2}
    keep(CONTACT, RecordLayout(right=(PlacedCard("deals", "associations", settings=settings),)))
    card = page_of(browser, contact).one("section", id="card-deals")
    assert [one.text for one in card.all("dt")] == ["Next step"] * 2
    assert card.one("span", css="count").text == "3"


def test_teams_see_layouts_of_their_own(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(alice)
    keep(CONTACT, RecordLayout(left=(listing("all", "phone"),)))
    assert alice.team_id is not None
    keep(CONTACT, RecordLayout(left=(listing("team", "email"),)), alice.team_id)
    assert keys(page_of(client_of(alice), contact), "left") == ["team"]
    theirs = make_contact(charlie)
    assert keys(page_of(client_of(charlie), theirs), "left") == ["all"]


@pytest.mark.parametrize(
    ("condition", "is_shown"),
    [
        (CardCondition("lifecyclestage", "any_of", ("lead", "customer")), True),
        (CardCondition("lifecyclestage", "equal", ("customer",)), False),
        (CardCondition("lifecyclestage", "known"), True),
        (CardCondition("gone", "known"), False),
        (CardCondition("lifecyclestage", "nonsense"), False),
    ],
)
def test_a_condition_shows_a_card_or_a_tab_or_not(
    browser: FlaskClient, contact: int, condition: CardCondition, is_shown: bool
) -> None:
    tabs = (Tab("overview", "Overview"), Tab("more", "More", condition=condition), Tab("activities", "Activities"))
    keep(CONTACT, RecordLayout(left=(listing("a", "phone", condition=condition),), tabs=tabs))
    page = page_of(browser, contact)
    assert keys(page, "left") == (["a"] if is_shown else [])
    assert bool(page.all("button", id="tab-more")) is is_shown


def test_a_card_goes_from_the_page_once_its_condition_is_no_longer_met(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    is_customer = CardCondition("lifecyclestage", "equal", ("customer",))
    keep(CONTACT, RecordLayout(left=(listing("a", "phone", condition=is_customer),)))
    again = browser.get(f"/records/{contact}/cards/a", fragment=True)
    assert (again.status_code, again.text) == (200, "")
    assert browser.get(f"/records/{contact}/cards/a?x=1").status_code == 404
    assert browser.post(f"/records/{contact}/cards/a/fold", data={"folded": "1"}, fragment=True).status_code == 404
    assert read_personal(bob, CONTACT) == Personal()


def test_kinds_properties_and_objects_that_are_gone_are_not_shown(browser: FlaskClient, contact: int) -> None:
    cards: Sequence[PlacedCard] = (
        PlacedCard("a", "no_such_kind"),
        listing("b", "gone", "phone"),
        PlacedCard("c", "associations", settings={"object": "gone", "properties": ["x"]}),
        PlacedCard("d", "property_list", settings={"properties": 7}),
    )
    keep(CONTACT, RecordLayout(left=tuple(cards[:2]), right=tuple(cards[2:])))
    page = page_of(browser, contact)
    assert keys(page, "left") == ["b"]
    assert properties_on(page, "b") == ["Phone number"]
    assert keys(page, "right") == ["d"]
    for key in "ac":
        assert browser.get(f"/records/{contact}/cards/{key}", fragment=True).status_code == 404


def test_a_property_on_two_cards_is_edited_where_it_stands(browser: FlaskClient, contact: int) -> None:
    cards = (*default_layout(schema().object_type(CONTACT)).left, listing("mine", "phone"))
    keep(CONTACT, RecordLayout(left=cards))
    page = page_of(browser, contact)
    assert page.one("div", id="property-phone")
    edit = page.one("section", id="card-mine").one("a", css="property-edit")
    form = read(browser.get(edit["hx-get"], fragment=True).text).one(id="property-mine-phone").one("form")
    saved = browser.post(form["hx-post"], data=form.fields() | {"phone": "+4722334455"}, fragment=True)
    assert "phone-changed" in saved.headers["HX-Trigger"]
    line = read(saved.text).one("div", id="property-mine-phone")
    assert line.one("div", css="property-value").text == "+47 22 33 44 55"
    assert len(page.all("div", css="property")) == len({one["id"] for one in page.all("div", css="property")})


def test_the_place_of_each_card_is_one_its_kind_has(browser: FlaskClient) -> None:
    for kind in schema().record_types:
        layout = default_layout(kind)
        assert len({card.key for _place, card in layout.cards()}) == len(list(layout.cards()))
        assert all(layout.column_of(card.key) for _place, card in layout.cards())
        assert {place for place, _card in layout.cards()} == set(Place)
