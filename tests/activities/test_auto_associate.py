"""Which records an activity is put on: the matrix of SPEC 6.6, its exceptions, and rules of one's own."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from crm.activities.auto_associate import (
    MOST_LINKS,
    Activity,
    Associated,
    CreatedVia,
    FirstRecord,
    asks_rules,
    links,
)
from crm.activities.rule import DEFAULT_RULES, Rule, Scope, rules_for
from crm.activities.types import activity_types

activity_types.load("crm.activities.types")
KINDS = [kind.name for kind in activity_types]
OBJECTS = ["contact", "company", "deal", "ticket", "lead", "project"]
DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)

FIRST, ACME, OTHER_COMPANY = 1, 20, 21
DEALS = {30 + place: place for place in range(9)}
"""Nine deals; the higher the id, the newer the association; the two newest and one more are closed."""
CLOSED = {38, 37, 33}
OPEN_NEWEST_FIVE = {36, 35, 34, 32, 31}
CONTACTS = {50, 51}
RECIPIENTS = (60, 61)
THREAD = (70, 71)
CONVERSATION = (80, 81)


def at(day: int) -> datetime:
    return DAY_ONE + timedelta(days=day)


def around(first_id: int = FIRST) -> list[Associated]:
    """What is associated with the first record: two companies, nine deals, two contacts, a ticket; itself as well."""
    deals = [
        Associated(deal, "deal", at(place), created_at=at(-place), is_closed=deal in CLOSED)
        for deal, place in DEALS.items()
    ]
    return [
        Associated(OTHER_COMPANY, "company", at(90)),
        Associated(ACME, "company", at(1), is_primary=True),
        *deals,
        *(Associated(contact, "contact", at(contact)) for contact in CONTACTS),
        Associated(40, "ticket", at(5)),
        Associated(first_id, "deal", at(99)),
    ]


BY_RULE = {
    "contact": {ACME, *OPEN_NEWEST_FIVE},
    "company": OPEN_NEWEST_FIVE,
    "deal": {ACME, *OPEN_NEWEST_FIVE},
    "ticket": {ACME},
    "lead": {ACME, *CONTACTS},
    "project": set(),
}


def linked(activity: Activity, object_type: str, facts: list[Associated] | None = None, **more: object) -> set[int]:
    """The ids linked beside the first record, which is always linked, first, and once."""
    given = around() if facts is None else facts
    found = links(activity, FirstRecord(FIRST, object_type), given, **more)
    ids = [link.record_id for link in found]
    assert ids[0] == FIRST
    assert found[0].source == "origin"
    assert len(set(ids)) == len(ids)
    return set(ids[1:])


def expected(kind: str, object_type: str, via: str, has_thread: bool) -> set[int]:
    """The table of SPEC 6.6 once more, written the other way round: by what is added."""
    on_contact = object_type == "contact"
    if on_contact and kind == "task" and via in ("gmail_ext", "sequence"):
        return set()
    if on_contact and kind == "email" and via == "mobile":
        return set(RECIPIENTS)
    if on_contact and kind in ("email", "whatsapp") and via == "inbox":
        return {*RECIPIENTS, *CONVERSATION}
    if on_contact and kind == "email" and has_thread and via != "sequence":
        return set(THREAD)
    people = set(RECIPIENTS) if kind in ("email", "call") else set()
    return BY_RULE[object_type] | people


@pytest.mark.parametrize("has_thread", [False, True], ids=["new", "reply"])
@pytest.mark.parametrize("via", list(CreatedVia))
@pytest.mark.parametrize("object_type", OBJECTS)
@pytest.mark.parametrize("kind", KINDS)
def test_asc_06_links_depend_on_kind_first_record_and_way_of_making(kind, object_type, via, has_thread) -> None:
    activity = Activity(
        kind,
        via,
        contacted_ids=RECIPIENTS,
        thread_first_links=THREAD if has_thread else None,
        conversation_links=CONVERSATION,
    )
    assert linked(activity, object_type) == expected(kind, object_type, via, has_thread)


def test_the_matrix_covers_nine_kinds_six_objects_and_eight_ways() -> None:
    assert len(list(itertools.product(KINDS, OBJECTS, CreatedVia))) == 9 * 6 * 8


@pytest.mark.parametrize("kind", KINDS)
def test_asc_08_contact_takes_primary_company_and_five_newest_open_deals(kind) -> None:
    facts = [Associated(ACME, "company", at(1), is_primary=True)]
    facts += [Associated(100 + day, "deal", at(day), is_closed=day in (8, 9)) for day in range(1, 10)]
    assert linked(Activity(kind), "contact", facts) == {ACME, 103, 104, 105, 106, 107}


def test_asc_09_company_takes_five_newest_open_deals_and_no_company() -> None:
    assert linked(Activity("meeting"), "company") == OPEN_NEWEST_FIVE


@pytest.mark.parametrize("kind", ["email", "call"])
def test_asc_10_company_takes_the_contacts_emailed_or_called(kind) -> None:
    assert linked(Activity(kind, contacted_ids=RECIPIENTS), "company") == OPEN_NEWEST_FIVE | set(RECIPIENTS)


def test_asc_11_deal_takes_primary_company_and_five_newest_open_deals_without_itself() -> None:
    assert linked(Activity("note"), "deal") == {ACME, *OPEN_NEWEST_FIVE}


@pytest.mark.parametrize(("kind", "is_linked"), [("email", True), ("call", True), ("note", False), ("sms", False)])
def test_asc_12_deal_takes_the_contacts_of_emails_and_calls_only(kind, is_linked) -> None:
    found = linked(Activity(kind, contacted_ids=RECIPIENTS), "deal")
    assert (set(RECIPIENTS) <= found) is is_linked
    assert bool(found & set(RECIPIENTS)) is is_linked


def test_asc_13_ticket_takes_its_primary_company_and_no_deals() -> None:
    assert linked(Activity("task"), "ticket") == {ACME}


@pytest.mark.parametrize("kind", ["email", "call"])
def test_asc_14_ticket_takes_the_contacts_emailed_or_called(kind) -> None:
    assert linked(Activity(kind, contacted_ids=RECIPIENTS), "ticket") == {ACME, *RECIPIENTS}


def test_asc_15_custom_object_takes_nothing() -> None:
    assert linked(Activity("note"), "project") == set()


@pytest.mark.parametrize("kind", ["email", "call"])
def test_asc_16_custom_object_takes_the_contacts_emailed_or_called(kind) -> None:
    assert linked(Activity(kind, contacted_ids=RECIPIENTS), "project") == set(RECIPIENTS)


@pytest.mark.parametrize("object_type", ["contact", "company", "deal"])
def test_asc_17_closed_deals_are_skipped_and_not_counted(object_type) -> None:
    assert not linked(Activity("call"), object_type) & CLOSED
    only_closed = [Associated(deal, "deal", at(1), is_closed=True) for deal in DEALS]
    assert linked(Activity("call"), object_type, only_closed) == set()


def test_asc_18_reply_follows_the_first_email_of_its_thread() -> None:
    reply = Activity("email", direction="INCOMING_EMAIL", contacted_ids=(60,), thread_first_links=(61, ACME, FIRST))
    assert linked(reply, "contact") == {61, ACME}


def test_asc_18_reply_to_an_email_that_was_on_one_record_takes_nothing_more() -> None:
    assert linked(Activity("email", thread_first_links=()), "contact") == set()


@pytest.mark.parametrize("thread", [None, THREAD])
def test_asc_19_email_from_a_phone_is_on_the_contacts_emailed_only(thread) -> None:
    email = Activity("email", CreatedVia.MOBILE, contacted_ids=RECIPIENTS, thread_first_links=thread)
    assert linked(email, "contact") == set(RECIPIENTS)
    assert linked(Activity("call", CreatedVia.MOBILE), "contact") == {ACME, *OPEN_NEWEST_FIVE}


@pytest.mark.parametrize("kind", ["email", "whatsapp"])
@pytest.mark.parametrize("thread", [None, THREAD])
def test_asc_20_inbox_messages_are_on_receivers_and_records_of_the_conversation(kind, thread) -> None:
    message = Activity(
        kind,
        CreatedVia.INBOX,
        contacted_ids=RECIPIENTS,
        thread_first_links=thread,
        conversation_links=CONVERSATION,
    )
    assert linked(message, "contact") == {*RECIPIENTS, *CONVERSATION}


def test_asc_21_only_the_company_of_the_moment_is_taken() -> None:
    """Past activities keep their links because nothing asks the rules again: `links` knows the new activity only."""
    before = [Associated(ACME, "company", at(1), is_primary=True)]
    after = [Associated(ACME, "company", at(1)), Associated(OTHER_COMPANY, "company", at(2), is_primary=True)]
    assert linked(Activity("note"), "contact", before) == {ACME}
    assert linked(Activity("note"), "contact", after) == {OTHER_COMPANY}


def test_asc_22_task_of_the_gmail_extension_takes_nothing() -> None:
    assert linked(Activity("task", CreatedVia.GMAIL_EXTENSION), "contact") == set()


def test_asc_23_task_of_a_sequence_takes_nothing() -> None:
    assert linked(Activity("task", CreatedVia.SEQUENCE), "contact") == set()


@pytest.mark.parametrize("kind", ["call", "email", "meeting"])
def test_asc_24_calls_emails_and_meetings_of_a_sequence_take_company_and_deals(kind) -> None:
    assert linked(Activity(kind, CreatedVia.SEQUENCE), "contact") == {ACME, *OPEN_NEWEST_FIVE}


@pytest.mark.parametrize("object_type", ["company", "deal", "ticket", "lead", "project"])
def test_exceptions_are_for_activities_first_logged_on_a_contact(object_type) -> None:
    for kind, via in [("task", "sequence"), ("task", "gmail_ext"), ("email", "mobile"), ("whatsapp", "inbox")]:
        assert linked(Activity(kind, via), object_type) == BY_RULE[object_type]
        assert asks_rules(Activity(kind, via), FirstRecord(FIRST, object_type))
        assert not asks_rules(Activity(kind, via), FirstRecord(FIRST, "contact"))


def test_lead_takes_all_its_contacts_and_its_primary_company() -> None:
    assert linked(Activity("meeting"), "lead") == {ACME, *CONTACTS}


@pytest.mark.parametrize(
    ("kind", "direction", "is_linked"),
    [
        ("email", "EMAIL", True),
        ("email", "FORWARDED_EMAIL", True),
        ("email", None, True),
        ("email", "INCOMING_EMAIL", False),
        ("call", "OUTBOUND", True),
        ("call", None, True),
        ("call", "INBOUND", False),
    ],
)
def test_people_are_linked_to_what_went_out_to_them(kind, direction, is_linked) -> None:
    activity = Activity(kind, direction=direction, contacted_ids=RECIPIENTS)
    assert linked(activity, "ticket") == ({ACME, *RECIPIENTS} if is_linked else {ACME})


def test_of_deals_associated_at_once_the_newest_are_taken_and_then_the_higher_id() -> None:
    deals = [Associated(100 + age, "deal", at(1), created_at=at(-age)) for age in range(7)]
    assert linked(Activity("note"), "company", deals) == {100, 101, 102, 103, 104}
    twins = [Associated(deal, "deal", at(1), created_at=at(0)) for deal in range(100, 107)]
    assert linked(Activity("note"), "company", twins) == {102, 103, 104, 105, 106}
    assert linked(Activity("note"), "company", twins[::-1]) == {102, 103, 104, 105, 106}


def test_every_link_has_a_source_and_a_reason() -> None:
    activity = Activity("email", contacted_ids=(60, ACME))
    found = links(activity, FirstRecord(FIRST, "contact"), around())
    assert [(link.record_id, link.source) for link in found[:4]] == [
        (FIRST, "origin"),
        (60, "contacted"),
        (ACME, "contacted"),
        (36, "rule"),
    ]
    assert [link.detail for link in found[:4]] == ["", "", "", f":deal:most_recent_open:5:{FIRST}:"]


def test_asc_05_no_more_than_ten_thousand_links_are_made() -> None:
    many = [Associated(contact, "contact", at(1)) for contact in range(1000, 1000 + MOST_LINKS + 50)]
    found = links(Activity("note"), FirstRecord(FIRST, "lead"), many)
    assert len(found) == MOST_LINKS == 10_000
    assert found[0].record_id == FIRST
    people = Activity("email", contacted_ids=tuple(range(1000, 1000 + 2 * MOST_LINKS)))
    assert len(links(people, FirstRecord(FIRST, "contact"), around())) == MOST_LINKS


def test_an_activity_on_a_record_without_associations_is_on_that_record_only() -> None:
    for kind, object_type in itertools.product(KINDS, OBJECTS):
        assert linked(Activity(kind), object_type, []) == set()


def test_a_kind_that_is_gone_still_follows_the_rules() -> None:
    assert linked(Activity("fax", contacted_ids=RECIPIENTS), "ticket") == {ACME}


def test_asc_26_a_rule_for_one_kind_goes_before_the_rule_for_all() -> None:
    rules = (*DEFAULT_RULES, Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 1, kind="meeting"))
    assert linked(Activity("meeting"), "contact", rules=rules) == {ACME, 36}
    assert linked(Activity("meeting"), "contact", rules=rules[::-1]) == {ACME, 36}
    assert linked(Activity("call"), "contact", rules=rules) == {ACME, *OPEN_NEWEST_FIVE}


@pytest.mark.parametrize(
    ("scope", "count", "found"),
    [
        (Scope.NONE, 0, set()),
        (Scope.ALL, 0, set(DEALS)),
        (Scope.MOST_RECENT, 2, {38, 37}),
        (Scope.MOST_RECENT_OPEN, 2, {36, 35}),
        (Scope.PRIMARY, 0, set()),
    ],
)
def test_rules_of_ones_own_choose_by_scope(scope, count, found) -> None:
    assert linked(Activity("note"), "project", rules=(Rule("project", "deal", scope, count),)) == found


def test_the_rules_that_apply_say_which_facts_are_needed() -> None:
    assert [(rule.target, rule.scope, rule.count) for rule in rules_for("note", "contact")] == [
        ("company", Scope.PRIMARY, 0),
        ("deal", Scope.MOST_RECENT_OPEN, 5),
    ]
    assert rules_for("note", "project") == ()
