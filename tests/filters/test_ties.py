"""Conditions that the same other record must meet, and those that any may (SPEC 5.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.filters.addresses import read_condition, write_condition
from crm.filters.compiling import compile_filter
from crm.filters.describing import describe_part
from crm.filters.failing import why_not
from crm.filters.tree import Eyes
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from tests.factories import make_call, make_company, make_contact, make_email, relate

TIED = ("associated.company.city~1:equal_any:Oslo", "associated.company.industry~1:any:BANKING")
LOOSE = tuple(text.replace("~1", "") for text in TIED)


def eyes_of(viewer: Viewer) -> Eyes:
    return Eyes(viewer.user_id, viewer.team_member_ids, ZoneInfo("UTC"), now().date(), viewer)


def found(viewer: Viewer, *texts: str) -> set[int]:
    """The contacts a filter holds for."""
    kind = schema().object_type("contact")
    ids = sa.select(kind.table.c.record_id).where(compile_filter(kind, texts, eyes_of(viewer)))
    return set(db.session.scalars(unguarded(ids, "a test compares")))


def contact_with(actor: Viewer, companies: Sequence[tuple[str, str]], owner: Viewer | None = None) -> int:
    contact = make_contact(actor)
    for place, (city, industry) in enumerate(companies):
        owned = {"hubspot_owner_id": (owner or actor).user_id}
        relate(actor, contact, make_company(actor, f"Company {contact}-{place}", city=city, industry=industry, **owned))
    return contact


def test_tied_conditions_are_met_by_one_record_and_others_by_any(alice: Viewer) -> None:
    both = contact_with(alice, [("Oslo", "BANKING"), ("Rome", "APPAREL_FASHION")])
    apart = contact_with(alice, [("Oslo", "APPAREL_FASHION"), ("Rome", "BANKING")])
    contact_with(alice, [("Rome", "APPAREL_FASHION")])
    assert found(alice, *LOOSE) == {both, apart}
    assert found(alice, *TIED) == {both}
    # Another mark, or another group, ties nothing.
    assert found(alice, TIED[0], TIED[1].replace("~1", "~2")) == {both, apart}
    assert found(alice, TIED[0], "or", TIED[1]) == {both, apart}


def test_tied_conditions_are_met_by_none_or_by_so_many(alice: Viewer) -> None:
    both = contact_with(alice, [("Oslo", "BANKING"), ("Oslo", "BANKING")])
    once = contact_with(alice, [("Oslo", "BANKING"), ("Oslo", "APPAREL_FASHION")])
    nobody = contact_with(alice, [])
    assert found(alice, *(f"not_{text}" for text in TIED)) == {nobody}
    assert found(alice, "associated.company~1:at_least:2", *TIED) == {both}
    assert found(alice, "associated.company~1:exactly:1", *TIED) == {once}
    assert found(alice, "associated.company~1:has_none", *TIED) == {nobody}
    assert found(alice, "associated.company:at_least:2", *TIED) == {both, once}


def test_hidden_records_meet_nothing_tied(alice: Viewer, charlie: Viewer) -> None:
    contact = contact_with(alice, [("Oslo", "BANKING")], owner=alice)
    assert found(alice, *TIED) == {contact}
    assert found(charlie, *TIED) == set()


def test_db_36_how_many_activities_of_a_kind_by_outcome_and_date(alice: Viewer) -> None:
    recent, ago = now() - timedelta(days=5), now() - timedelta(days=200)
    reached, long_ago, missed, silent = (make_contact(alice, f"Ada {number}") for number in range(4))
    make_call(alice, reached, outcome="CONNECTED", activity_date=recent)
    make_call(alice, reached, outcome="CONNECTED", activity_date=recent)
    make_call(alice, long_ago, outcome="CONNECTED", activity_date=ago)
    make_call(alice, long_ago, outcome="BUSY", activity_date=recent)
    make_call(alice, missed, outcome="NO_ANSWER", activity_date=recent)
    make_email(alice, silent)
    connected, lately = "activity.call.outcome~1:any:CONNECTED", "activity.call.activity_date~1:last:90|days"
    assert found(alice, connected, lately) == {reached}
    assert found(alice, connected.replace("~1", ""), lately.replace("~1", "")) == {reached, long_ago}
    assert found(alice, connected, lately, "activity.call~1:at_least:2") == {reached}
    assert found(alice, connected, lately, "activity.call~1:at_least:3") == set()
    assert found(alice, "activity.call:has_none") == {silent}
    assert found(alice, "activity.email:has_any") == {silent}
    assert found(alice, "no_activity.call.outcome:any:CONNECTED") == {missed, silent}


def test_activities_of_others_count_for_nobody_who_may_not_see_them(alice: Viewer, charlie: Viewer) -> None:
    contact = make_contact(charlie, hubspot_owner_id=charlie.user_id)
    make_call(alice, contact, hubspot_owner_id=alice.user_id)
    sees_all = replace(charlie, scopes={**charlie.scopes, ("call", Verb.VIEW): Scope.EVERYTHING})
    assert found(alice, "activity.call:has_any") == found(sees_all, "activity.call:has_any") == {contact}
    assert charlie.scope("call", Verb.VIEW) is Scope.TEAM
    assert found(charlie, "activity.call:has_any") == set()
    assert found(charlie, "activity.call:has_none") == {contact}


def test_why_not_names_what_each_group_lacks(alice: Viewer) -> None:
    kind, eyes = schema().object_type("contact"), eyes_of(alice)
    apart = contact_with(alice, [("Oslo", "APPAREL_FASHION"), ("Rome", "BANKING")])
    asked = (*TIED, "lastname:equal_any:Berg", "or", "city:known", "lastname:known")
    failing = why_not(kind, asked, eyes, apart)
    assert [(one.group, [write_condition(each) for each in one.conditions]) for one in failing] == [
        (0, list(TIED)),
        (1, ["city:known"]),
    ]
    assert describe_part(kind, failing[0].conditions, Context()) == (
        "Associated companies: one whose City is equal to any of Oslo and whose Industry is any of Banking"
    )
    assert why_not(kind, (*LOOSE, "or", "city:known"), eyes, apart) == []
    assert why_not(kind, (), eyes, apart) == []
    assert len(why_not(kind, LOOSE, eyes, 999_999)) == len(LOOSE)


def test_a_tie_stands_in_the_address() -> None:
    for text in TIED:
        condition = read_condition(text)
        assert condition.tie == 1
        assert write_condition(condition) == text


@pytest.mark.parametrize("text", ["city~1:known", "list.member~1:any:1", "import.runs~2:known"])
def test_what_is_not_about_another_record_cannot_be_tied(text: str, alice: Viewer) -> None:
    with pytest.raises(InvalidValue):
        found(alice, text)


@pytest.mark.parametrize("text", ["associated.company~0:has_any", "associated.company~1000:has_any", "a~b:known"])
def test_a_mark_is_a_small_number(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_condition(text)
