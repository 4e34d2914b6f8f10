"""The Activities tab as its reader sees it (REC-18 to REC-26)."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from crm.accounts import queries as accounts
from crm.accounts.models import UserAccount
from crm.accounts.operations import set_preference
from crm.activities.operations import pin
from crm.db import db, touch, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_activity, make_call, make_company, make_contact, make_email, make_note, make_task
from tests.support.html import Element, read
from tests.timeline.conftest import NOON, Screen, items, titles


def headings(page: Element) -> list[str]:
    """The blocks of the timeline."""
    return [one.text for one in page.all("h3", css="month-title")]


def tab(page: Element, label: str) -> Element:
    """One of the type tabs over the timeline."""
    return next(one for one in page.one("nav", css="pills").all("a") if one.text == label)


def test_rec_18_newest_come_first_by_month_with_upcoming_on_top(alice: Viewer, screen: Screen, contact: int) -> None:
    for body, days in (("today", 0), ("yesterday", 1), ("in February", 20), ("last year", 300)):
        make_note(alice, contact, f"<p>{body}</p>", activity_date=NOON - timedelta(days=days))
    make_activity(alice, "meeting", contact, title="tomorrow", body=None)
    page = screen.open()
    assert titles(page) == ["tomorrow", "today", "yesterday", "in February", "last year"]
    assert headings(page) == ["Upcoming", "March 2026", "February 2026", "May 2025"]


def test_rec_18_months_are_those_of_the_readers_zone(alice: Viewer, screen: Screen, contact: int) -> None:
    with unit_of_work():
        person = db.session.get(UserAccount, alice.user_id)
        assert person is not None
        person.time_zone = "Pacific/Auckland"
        touch(accounts.STAMP)
    make_note(alice, contact, activity_date=NOON.replace(day=28, month=2, hour=20))
    assert headings(screen.open("kind=note")) == ["March 2026"]


def test_rec_18_the_pinned_activity_stands_above_the_upcoming(alice: Viewer, screen: Screen, contact: int) -> None:
    make_task(alice, contact)
    note = make_note(alice, contact, "<p>Read me</p>")
    with unit_of_work():
        pin(alice, contact, note)
    page = screen.open()
    assert headings(page) == ["Pinned", "Upcoming", "March 2026"]
    assert titles(page) == ["Read me", "Send prices"]


def test_rec_19_the_activities_tab_is_a_part_of_the_page(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact)
    page = screen.follow(f"/records/{contact}")
    form = page.one("section", id="record-middle").one("form", css="tabs")
    fragment = screen.send(form["hx-post"], tab="activities")
    assert titles(fragment.one(id="timeline")) == ["They like the samples."]
    assert not fragment.all("html")


def test_rec_21_a_type_tab_shows_its_type_only(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>a note</p>")
    make_call(alice, contact, body="<p>a call</p>", title=None)
    page = screen.follow(tab(screen.open(), "Notes")["href"])
    assert titles(page) == ["a note"]
    assert tab(page, "Notes")["aria-current"] == "true"


def test_rec_21_the_tabs_are_those_of_the_five_main_types(screen: Screen) -> None:
    tabs = [one.text for one in screen.open().one("nav", css="pills").all("a")]
    assert tabs == ["Activity", "Notes", "Emails", "Calls", "Tasks", "Meetings"]


def test_rec_21_the_first_tab_shows_everything_again(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact)
    make_call(alice, contact)
    page = screen.follow(tab(screen.open("kind=note"), "Activity")["href"])
    assert len(titles(page)) == 2


def filter_activity(screen: Screen, page: Element) -> Element:
    """The menu "Filter activity" as it opens on this timeline."""
    return read(screen.browser.get(page.one("a", id="kinds-button")["hx-get"], fragment=True).text)


def choose(screen: Screen, *kinds: str, **more: str | list[str]) -> Element:
    """Tick these kinds under "Filter activity" and apply."""
    url = f"/records/{screen.record_id}/timeline/kinds"
    answer = screen.browser.post(url, data={"kind": list(kinds), "choice": "ticked"} | more, fragment=True)
    assert answer.status_code == 200
    return read(answer.text)


def test_rec_22_unticked_kinds_are_hidden_and_stay_so(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>a note</p>")
    make_call(alice, contact)
    assert titles(choose(screen, "note", "sms")) == ["a note"]
    assert titles(screen.open()) == ["a note"]
    menu = filter_activity(screen, screen.open())
    ticked = [one["value"] for one in menu.all("input", name="kind") if "checked" in one]
    assert ticked == ["note", "sms"]


def test_rec_22_the_choice_is_kept_for_each_object(alice: Viewer, screen: Screen, contact: int) -> None:
    choose(screen, "note")
    company, other = make_company(alice), make_contact(alice)
    for record_id in (company, other):
        make_call(alice, record_id, title="a call", body=None)
    assert titles(Screen(screen.browser, company).open()) == ["a call"]
    assert titles(Screen(screen.browser, other).open()) == []


def test_rec_22_the_choice_is_each_persons_own(
    alice: Viewer, bob: Viewer, screen: Screen, contact: int, client_of
) -> None:
    make_call(alice, contact, title="a call", body=None)
    choose(screen, "note")
    assert titles(Screen(client_of(bob), contact).open()) == ["a call"]


def test_rec_22_a_tab_overrides_the_choice_without_changing_it(alice: Viewer, screen: Screen, contact: int) -> None:
    make_call(alice, contact, title="a call", body=None)
    choose(screen, "note")
    assert titles(screen.open("kind=call")) == ["a call"]
    assert titles(screen.open()) == []


def same_state(url: str) -> list[tuple[str, str]]:
    """The arguments of an address."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def ways_on(page: Element) -> list[str]:
    """Every address of the timeline that keeps what is shown, but for what it says on it."""
    links = [page.one("a", id="expand-all")["href"]]
    links += [one["href"] for one in page.all("a", css="chip")]
    links += [one.one("a")["href"] for one in page.all("p", css="month-more")]
    form = page.one("form", id="timeline-filters")
    return [*links, f"{form['action']}?{urlencode(form.fields())}"]


def test_rec_22_no_type_filter_stays_off_whatever_one_does_next(
    alice: Viewer, bob: Viewer, screen: Screen, contact: int
) -> None:
    choose(screen, "note")
    for number in range(31):
        make_call(alice, contact, title=f"call {number}", body="<p>samples</p>", hubspot_owner_id=bob.user_id)
    everything = tab(screen.open(), "Activity")["href"]
    filtered = f"{everything}&owner={bob.user_id}&team={bob.team_id}&q=samples"
    for url in (everything, everything + "&expanded=all", filtered):
        for way in ways_on(screen.follow(url)):
            assert ("kind", "") in same_state(way), way
            assert titles(screen.follow(way, fragment=True)), way


def test_rec_22_taking_the_type_chip_away_shows_all_types(alice: Viewer, screen: Screen, contact: int) -> None:
    make_call(alice, contact, title="a call", body=None)
    page = choose(screen, "note")
    chip = page.one("ul", css="chips").one("a", css="chip")
    assert titles(screen.follow(chip["href"])) == ["a call"]


def test_rec_22_pinning_and_reloading_keep_the_type_filter_off(alice: Viewer, screen: Screen, contact: int) -> None:
    choose(screen, "note")
    call = make_call(alice, contact, title="a call", body=None)
    page = screen.open("kind=")
    state = page.one("form", id="timeline-filters").fields()
    root = page.one(id="timeline")
    assert root["hx-include"].startswith("#timeline-filters,")
    pin = screen.send(f"/records/{contact}/pin", activity_id=str(call), on="1", **state)
    assert titles(pin) == ["a call"]
    assert titles(screen.open(urlencode(state), fragment=True)) == ["a call"]


def test_rec_22_the_kinds_stand_in_their_categories(screen: Screen) -> None:
    groups = filter_activity(screen, screen.open()).all("fieldset", css="ticks-group")
    shown = {one.one("legend").text: [tick.text for tick in one.all("label")] for one in groups}
    assert {name: ticks[0] for name, ticks in shown.items()} == {name: name for name in shown}
    assert shown["Communication"][1:3] == ["Notes", "Emails"]
    assert [*shown] == ["Communication", "Team activity", "System"]
    team = ["Deal activity", "Ticket activity", "Stage changed", "Owner changed", "Lifecycle stage changed"]
    assert shown["Team activity"][1:] == [*team, "Records merged"]
    assert shown["System"][1:] == ["Imports", "Record created", "Association changes"]


def test_rec_22_the_tick_of_a_category_counts_without_javascript(
    alice: Viewer, screen: Screen, contact: int
) -> None:
    make_call(alice, contact, title="a call", body=None)
    menu = filter_activity(screen, screen.open())
    shown = menu.one("form", css="menu-form").all("input")
    ticked = [one["value"] for one in shown if one.attributes.get("name") == "kind"]
    whole = ["Communication", "Team activity", "System"]
    answer = choose(screen, *ticked, category=["Team activity"], whole=whole)
    assert titles(answer) == []
    menu = filter_activity(screen, answer)
    assert [one["value"] for one in menu.all("input", name="kind") if "checked" in one][0] == "deal_activity"
    answer = choose(screen, "note", category=["Communication", "Team activity"], whole=["Team activity"])
    assert titles(answer) == ["a call"]
    assert items(answer)[1:] == []


def test_rec_22_select_all_and_clear(alice: Viewer, screen: Screen, contact: int) -> None:
    make_call(alice, contact, title="a call", body=None)
    assert titles(choose(screen, choice="none")) == []
    assert titles(screen.open()) == []
    assert titles(choose(screen, choice="all")) == ["a call"]
    assert titles(screen.open()) == ["a call"]


def test_rec_22_a_remembered_kind_that_is_gone_does_no_harm(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>a note</p>")
    with unit_of_work():
        set_preference(alice, "timeline_kinds", {"contact": ["fax", "note"]})
    assert titles(screen.open()) == ["a note"]


def test_rec_22_the_choice_keeps_the_other_filters(alice: Viewer, bob: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>mine</p>")
    make_note(bob, contact, "<p>his</p>")
    assert titles(choose(screen, "note", owner=str(bob.user_id))) == ["his"]


def test_rec_23_all_users(alice: Viewer, bob: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>mine</p>")
    make_note(bob, contact, "<p>his</p>")
    options = screen.open().one("select", name="owner").all("option")
    assert [one.text for one in options] == ["All users", "Alice Berg", "Bob Stone", "Charlie Reed", "Dana Holm"]
    value = next(one["value"] for one in options if one.text == "Bob Stone")
    assert titles(screen.open(f"owner={value}")) == ["his"]


def test_rec_23_what_a_user_did_to_the_record_is_no_activity_of_theirs(
    alice: Viewer, screen: Screen, contact: int
) -> None:
    with unit_of_work():
        update_record(alice, contact, {"lifecyclestage": "customer"})
    for query in (f"owner={alice.user_id}", f"team={alice.team_id}"):
        assert items(screen.open(query)) == []
    assert len(items(screen.open())) == 2


def test_rec_24_all_teams(alice: Viewer, bob: Viewer, charlie: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>of South</p>", hubspot_owner_id=charlie.user_id)
    make_note(bob, contact, "<p>of North</p>")
    options = screen.open().one("select", name="team").all("option")
    assert [one.text for one in options] == ["All teams", "North", "South"]
    assert titles(screen.open(f"team={options[2]['value']}")) == ["of South"]


def test_rec_25_a_word_of_a_body_is_found_and_marked(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>Blood oranges</p>")
    make_note(alice, contact, "<p>Lemons</p>")
    page = screen.open("q=oranges")
    assert titles(page) == ["Blood oranges"]
    assert [one.text for one in page.all("mark")] == ["oranges"]


def test_rec_25_clearing_the_search_restores_the_timeline(alice: Viewer, screen: Screen, contact: int) -> None:
    make_note(alice, contact, "<p>Blood oranges</p>")
    make_note(alice, contact, "<p>Lemons</p>")
    page = screen.open("q=oranges")
    assert page.one("input", id="timeline-q")["value"] == "oranges"
    chip = page.one("ul", css="chips").one("a", css="chip")
    assert len(titles(screen.follow(chip["href"]))) == 2


def test_rec_25_nothing_found_says_so_and_leads_back(screen: Screen) -> None:
    page = screen.open("q=nothing")
    assert "No activity matches" in page.text
    assert items(screen.follow(page.one("a", css="chips-clear")["href"]))


def test_rec_26_the_body_of_an_email_is_not_searched(alice: Viewer, screen: Screen, contact: int) -> None:
    make_email(alice, contact, title="Your offer", body="<p>zebra</p>")
    assert titles(screen.open("q=zebra")) == []
    assert len(titles(screen.open("q=offer"))) == 1


def test_type_user_team_and_words_narrow_together_and_stand_in_the_address(
    alice: Viewer, bob: Viewer, screen: Screen, contact: int
) -> None:
    make_note(bob, contact, "<p>Blood oranges</p>")
    make_note(alice, contact, "<p>Blood oranges too</p>")
    make_call(bob, contact, body="<p>Blood oranges</p>")
    state = f"kind=note&owner={bob.user_id}&team={bob.team_id}&q=oranges"
    page = screen.open(state)
    assert titles(page) == ["Blood oranges"]
    chips = page.one("ul", css="chips").all("a", css="chip")
    assert [one.text.removeprefix("Remove filter: ") for one in chips] == ["Notes", "Bob Stone", "North", "“oranges”"]
    expand = screen.follow(page.one("a", id="expand-all")["href"])
    assert titles(expand) == ["Blood oranges"]


@pytest.mark.parametrize(
    "query", ["kind=fax", "owner=x", "owner=999", "team=x", "before=x", "upcoming=x", "q=" + "x" * 300]
)
def test_nonsense_in_the_address_is_400(screen: Screen, query: str) -> None:
    for fragment in (False, True):
        assert screen.browser.get(f"{screen.url}?{query}", fragment=fragment).status_code == 400


@pytest.mark.parametrize(
    "query", ["before=", "upcoming=", "owner=", "team=", "q=", "kind=", "nonsense=1", "expanded=x"]
)
def test_empty_and_unknown_arguments_are_passed_over(alice: Viewer, screen: Screen, contact: int, query: str) -> None:
    make_note(alice, contact)
    assert len(titles(screen.open(query))) == 1


def test_a_timeline_without_activities_offers_the_first_note(alice: Viewer, screen: Screen) -> None:
    page = screen.open("kind=note")
    assert titles(page) == []
    assert "created" in screen.open().text


def test_what_is_said_of_a_stage_change(alice: Viewer, screen: Screen, contact: int) -> None:
    with unit_of_work():
        update_record(alice, contact, {"lifecyclestage": "customer"})
    assert "Alice Berg changed the lifecycle stage of Ada Berg to Customer" in screen.open().text
