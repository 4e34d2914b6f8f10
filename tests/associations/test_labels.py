"""Labels of associations and how many of them there may be (DB-40, ASC-04, SPEC 6.3)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm.associations.label_removal import remove_from_links
from crm.associations.labels import (
    create_label,
    delete_label,
    labels_between,
    labels_of,
    rename_label,
    set_labels,
    set_limit,
)
from crm.associations.limits import LimitReached
from crm.associations.models import Association, LinkHistoryRow
from crm.associations.operations import associate, associate_all, dissociate
from crm.associations.past import link_changes
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects.definition_errors import InvalidDefinition
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record
from tests.factories import make_company, make_contact, make_deal, make_lead, make_ticket
from tests.support.databases import only_on

MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}


def do(operation: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Run one operation in a unit of its own."""
    end_read()
    with unit_of_work():
        return operation(*arguments, **more)


def texts(viewer: Viewer, record_id: int, other_id: int) -> list[str]:
    """What the other record is called on a record's page."""
    end_read()
    return [one.text for one in labels_of(viewer, record_id, [other_id]).get(other_id, ())]


def history(viewer: Viewer, record_id: int) -> list[tuple[str, bool]]:
    """The labels that came and went, oldest first."""
    end_read()
    told = reversed(link_changes(viewer, record_id))
    return [(one.label, one.is_added) for one in told if one.label not in ("", "Primary")]


def rows_of(type_id: int) -> int:
    statement = sa.select(sa.func.count()).select_from(Association).where(Association.type_id == type_id)
    return db.session.scalar(unguarded(statement, "a test looks")) or 0


@pytest.mark.parametrize("one", MAKERS)
def test_db_40_a_paired_label_has_the_right_word_on_each_side(alice: Viewer, one: str) -> None:
    for other in MAKERS:
        label = do(create_label, alice, one, other, " Manager ", "Employee")
        first, second = MAKERS[one](alice), MAKERS[other](alice)
        do(associate, alice, first, second, labels=[label])
        assert (texts(alice, first, second), texts(alice, second, first)) == (["Manager"], ["Employee"])
        do(set_labels, alice, second, first, [])
        assert texts(alice, first, second) == texts(alice, second, first) == []
        assert history(alice, first) == [("Manager", True), ("Manager", False)]
        assert history(alice, second) == [("Employee", True), ("Employee", False)]


@pytest.mark.parametrize(("one", "other"), [("contact", "contact"), ("deal", "contact")])
def test_db_40_a_single_label_has_one_word_both_ways(alice: Viewer, one: str, other: str) -> None:
    label = do(create_label, alice, one, other, "Colleague")
    first, second = MAKERS[one](alice), MAKERS[other](alice)
    do(associate, alice, first, second, labels=[label])
    assert texts(alice, first, second) == texts(alice, second, first) == ["Colleague"]
    end_read()
    (seen,) = [found for found in labels_between(one, other) if not found.is_primary]
    assert (seen.type_id, seen.text, seen.inverse_text, seen.is_paired, seen.limit) == (
        label, "Colleague", "Colleague", False, None,
    )  # fmt: skip


def test_a_pair_of_words_within_one_object_is_offered_both_ways(alice: Viewer) -> None:
    do(create_label, alice, "contact", "contact", "Manager", "Employee")
    end_read()
    found = labels_between("contact", "contact")
    assert [(one.text, one.inverse_text) for one in found] == [("Employee", "Manager"), ("Manager", "Employee")]
    boss, clerk = make_contact(alice), make_contact(alice)
    do(associate, alice, boss, clerk, labels=[found[0].type_id])
    assert (texts(alice, boss, clerk), texts(alice, clerk, boss)) == (["Employee"], ["Manager"])


def test_a_link_has_several_labels_and_going_takes_all(alice: Viewer) -> None:
    ids = [do(create_label, alice, "contact", "company", text) for text in ("Investor", "Board")]
    contact, company = make_contact(alice), make_company(alice)
    assert do(associate, alice, contact, company) is True
    assert do(associate, alice, contact, company, labels=ids) is True
    assert do(associate, alice, contact, company, labels=ids) is False
    assert texts(alice, company, contact) == ["Board", "Investor"]
    assert do(set_labels, alice, contact, company, ids[:1]) is True
    assert do(set_labels, alice, contact, company, ids[:1]) is False
    assert texts(alice, contact, company) == ["Investor"]
    do(dissociate, alice, contact, company)
    assert rows_of(ids[0]) == rows_of(ids[1]) == 0
    assert history(alice, contact)[-2:] == [("Board", False), ("Investor", False)]


@pytest.mark.parametrize(
    ("text", "inverse", "field"),
    [
        ("", "", "text"),
        ("   ", "x", "text"),
        ("x" * 101, "", "text"),
        ("Boss", "y" * 101, "inverse_text"),
        ("boss", "Boss", "inverse_text"),
        ("MANAGER", "", "text"),
        ("Employee", "", "text"),
        ("Chief", "manager", "inverse_text"),
        ("Primary", "", "text"),
    ],
)
def test_words_that_cannot_be_are_refused_beside_their_field(
    alice: Viewer, text: str, inverse: str, field: str
) -> None:
    do(create_label, alice, "company", "contact", "Manager", "Employee")
    with pytest.raises(InvalidDefinition) as refused:
        do(create_label, alice, "contact", "company", text, inverse)
    assert list(refused.value.errors) == [field]


def test_words_of_another_pair_are_free(alice: Viewer) -> None:
    assert do(create_label, alice, "contact", "company", "客服") != do(create_label, alice, "contact", "deal", "客服")


def test_two_objects_have_at_most_fifty_labels(alice: Viewer) -> None:
    end_read()
    with unit_of_work():
        for number in range(50):
            create_label(alice, "contact", "contact", f"One {number}", f"Other {number}" if number % 2 else "")
    with pytest.raises(InvalidDefinition, match="at most 50"):
        do(create_label, alice, "contact", "contact", "One more")


def test_renaming_keeps_links_and_unique_words(alice: Viewer) -> None:
    label = do(create_label, alice, "contact", "company", "Employer", "Employee")
    do(create_label, alice, "contact", "company", "Customer")
    contact, company = make_contact(alice), make_company(alice)
    do(associate, alice, contact, company, labels=[label])
    do(rename_label, alice, label, "employer", "Member of staff")
    assert (texts(alice, contact, company), texts(alice, company, contact)) == (["employer"], ["Member of staff"])
    for words in (("Customer", "x"), ("Only one",)):
        with pytest.raises(InvalidDefinition):
            do(rename_label, alice, label, *words)


def test_a_deleted_label_leaves_its_associations_unlabelled(alice: Viewer) -> None:
    label = do(create_label, alice, "contact", "contact", "Friend")
    kept = do(create_label, alice, "contact", "contact", "Sibling")
    ids = [make_contact(alice) for _ in range(4)]
    for other in ids[1:]:
        do(associate, alice, ids[0], other, labels=[label, kept])
    do(delete_label, alice, label)
    assert texts(alice, ids[0], ids[1]) == ["Sibling"]
    with pytest.raises(InvalidValue):
        do(set_labels, alice, ids[0], ids[1], [label])
    end_read()
    remove_from_links({"type_id": label, "actor_id": alice.user_id})
    assert (rows_of(label), rows_of(kept)) == (0, 6)
    assert history(alice, ids[1])[-1] == ("Friend", False)
    end_read()
    told = sa.select(sa.func.count()).select_from(LinkHistoryRow).where(LinkHistoryRow.relation.endswith(":friend"))
    assert db.session.scalar(unguarded(told, "a test looks")) == 6
    assert do(create_label, alice, "contact", "contact", "Friend") != label


def test_only_super_admins_change_labels_and_limits(alice: Viewer, bob: Viewer) -> None:
    label = do(create_label, alice, "contact", "company", "Employer")
    for refused in (
        (create_label, bob, "contact", "company", "Other"),
        (rename_label, bob, label, "Other"),
        (delete_label, bob, label),
        (set_limit, bob, "contact", "company", None, 1),
    ):
        with pytest.raises(Forbidden):
            do(*refused)


def test_what_is_no_label_of_the_two_is_refused(alice: Viewer) -> None:
    label = do(create_label, alice, "contact", "deal", "Buyer")
    contact, company = make_contact(alice), make_company(alice)
    with pytest.raises(InvalidValue):
        do(associate, alice, contact, company, labels=[label])
    assert do(associate, alice, contact, company) is True
    end_read()
    primary = labels_between("contact", "company")[0]
    assert primary.is_primary
    for wrong in (label, primary.type_id, 10**9, 2**63 - 1):
        with pytest.raises(InvalidValue):
            do(set_labels, alice, contact, company, [wrong])
    with pytest.raises(InvalidValue):
        do(set_labels, alice, contact, make_deal(alice), [label])
    for limited in ((None, 0), (None, 10_001), (primary.type_id, 3), (label, 3)):
        with pytest.raises((InvalidValue, NotFound)):
            do(set_limit, alice, "contact", "company", *limited)


def test_hidden_links_have_no_labels(alice: Viewer, charlie: Viewer) -> None:
    label = do(create_label, alice, "contact", "contact", "Friend")
    mine, hidden = make_contact(charlie), make_contact(alice)
    do(associate, alice, mine, hidden, labels=[label])
    end_read()
    assert labels_of(charlie, mine, [hidden]) == {}


@pytest.mark.parametrize("is_forth", [True, False])
def test_asc_04_a_limit_refuses_the_next_link_from_either_side(alice: Viewer, is_forth: bool) -> None:
    do(set_limit, alice, "contact", "company", None, 2)
    contact = make_contact(alice, firstname="Jane", lastname="Full")
    companies = [make_company(alice) for _ in range(3)]
    for company in companies[:2]:
        do(associate, alice, contact, company)
    ends = (contact, companies[2]) if is_forth else (companies[2], contact)
    with pytest.raises(LimitReached, match=r"“Jane Full” may be associated with at most 2 Companies\."):
        do(associate, alice, *ends)
    do(archive_record, alice, companies[0])
    assert do(associate, alice, *ends) is True
    do(restore_record, alice, companies[0])
    end_read()
    assert do(associate, alice, contact, companies[0]) is False


def test_a_limit_below_what_is_there_keeps_it(alice: Viewer) -> None:
    contact, companies = make_contact(alice), [make_company(alice) for _ in range(3)]
    do(associate_all, alice, contact, companies[:2])
    do(set_limit, alice, "contact", "company", None, 1)
    assert do(associate, alice, contact, companies[0]) is False
    with pytest.raises(LimitReached, match="only one of the Companies"):
        do(associate, alice, contact, companies[2])
    do(set_limit, alice, "contact", "company", None, None)
    assert do(associate, alice, contact, companies[2]) is True


def test_a_limit_of_a_label_is_for_each_direction(alice: Viewer) -> None:
    label = do(create_label, alice, "contact", "contact", "Manager", "Employee")
    do(set_limit, alice, "contact", "contact", label, 1)
    clerk, boss, other = (make_contact(alice, firstname=name) for name in ("Clerk", "Boss", "Other"))
    do(associate, alice, clerk, boss, labels=[label])
    with pytest.raises(LimitReached, match="Only one of the Contacts of “Clerk Berg” may have the label “Manager”"):
        do(associate, alice, clerk, other, labels=[label])
    do(associate, alice, other, boss, labels=[label])
    do(associate, alice, clerk, other)
    with pytest.raises(LimitReached):
        do(set_labels, alice, clerk, other, [label])
    assert texts(alice, clerk, other) == []
    with pytest.raises(LimitReached, match="“Other Berg”"):
        do(set_labels, alice, other, clerk, [label])
    assert texts(alice, boss, clerk) == texts(alice, boss, other) == ["Employee"]


@only_on("sqlite")
def test_a_deleted_label_is_taken_off_a_batch_without_reading_all_links(alice: Viewer) -> None:
    """SQLite takes no index for pairs alone, so that a batch would hold the lock the longer the more is stored."""
    label = do(create_label, alice, "contact", "company", "Employer")
    for _ in range(3):
        do(associate, alice, make_contact(alice), make_company(alice), labels=[label])
    do(delete_label, alice, label)
    asked: list[tuple[str, Any]] = []
    hear = ("before_cursor_execute", lambda _c, _cursor, text, values, *_more: asked.append((text, values)))
    end_read()
    sa.event.listen(db.engine, *hear)
    try:
        remove_from_links({"type_id": label, "actor_id": alice.user_id})
    finally:
        sa.event.remove(db.engine, *hear)
    assert rows_of(label) == 0
    deleting = [(text, values) for text, values in asked if text.startswith("DELETE FROM association")]
    assert len(deleting) == 2
    for text, values in deleting:
        steps = [row.detail for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
        assert not [step for step in steps if step.startswith("SCAN association")], steps
