"""Rules of one's own: kept, changed by two people, reset, and forgotten with what they name (SPEC 6.7)."""

import pytest

from crm.activities.changing_rules import RuleConflict, remove_rule, reset_rules, set_rule, trace_of
from crm.activities.own_rules import rules
from crm.activities.queries import links_of
from crm.activities.rule import DEFAULT_RULES, Rule, Scope
from crm.activities.rule_words import sentence
from crm.associations.labels import create_label, delete_label
from crm.db import end_read, unit_of_work
from crm.objects.removal import remove_object_type
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_note, relate
from tests.factories.objects import make_object
from tests.factories.rules import drop_rule, drop_rules, make_rule

ALL_DEALS = Rule("contact", "deal", Scope.ALL)


def do(act, *args: object) -> object:
    end_read()
    with unit_of_work():
        return act(*args)


def test_a_rule_stands_in_the_place_of_the_default_until_it_is_removed(alice: Viewer) -> None:
    make_rule(alice, ALL_DEALS)
    assert [rule for rule in rules().all if (rule.source, rule.target) == ("contact", "deal")] == [ALL_DEALS]
    drop_rule(alice, ALL_DEALS)
    assert rules().all == DEFAULT_RULES
    with pytest.raises(NotFound):
        drop_rule(alice, ALL_DEALS)


def test_rules_of_one_object_or_of_all_are_reset(alice: Viewer) -> None:
    make_rule(alice, ALL_DEALS)
    make_rule(alice, Rule("ticket", "contact", Scope.MOST_RECENT, 3, kind="call"))
    assert drop_rules(alice, "contact") == 1
    assert drop_rules(alice, "contact") == 0
    assert drop_rules(alice) == 1
    assert rules().all == DEFAULT_RULES


def test_what_somebody_else_changed_meanwhile_is_not_written_over(alice: Viewer) -> None:
    seen = trace_of(ALL_DEALS)
    make_rule(alice, ALL_DEALS)
    with pytest.raises(RuleConflict) as conflict:
        do(set_rule, alice, Rule("contact", "deal", Scope.NONE), seen)
    assert conflict.value.stored is not None
    assert (conflict.value.stored.rule, conflict.value.stored.actor_id) == (ALL_DEALS, alice.user_id)
    with pytest.raises(RuleConflict):
        do(remove_rule, alice, ALL_DEALS, seen)
    with pytest.raises(RuleConflict):
        do(reset_rules, alice, "of another time")
    assert ALL_DEALS in rules().all


def test_asc_25_nobody_else_changes_rules(bob: Viewer) -> None:
    for act, *rest in ((set_rule, ALL_DEALS, ""), (remove_rule, ALL_DEALS, ""), (reset_rules, "")):
        with pytest.raises(Forbidden):
            do(act, bob, *rest)


def test_rules_that_name_an_object_go_with_it(alice: Viewer) -> None:
    name = make_object(alice)
    make_rule(alice, Rule(name, "deal", Scope.ALL))
    make_rule(alice, Rule("contact", name, Scope.ALL))
    make_rule(alice, ALL_DEALS)
    do(remove_object_type, alice, name)
    end_read()
    assert [one.rule for one in rules().stored.values()] == [ALL_DEALS]


def test_a_rule_whose_label_is_deleted_takes_nothing_and_says_so(alice: Viewer) -> None:
    jane, company = make_contact(alice, "Jane Doe"), make_company(alice)
    label = do(create_label, alice, "contact", "company", "Supplier")
    end_read()
    make_rule(alice, Rule("contact", "company", Scope.NONE))
    rule = make_rule(alice, Rule("contact", "company", Scope.ALL, label="contact_to_company:supplier"))
    relate(alice, jane, company)
    do(delete_label, alice, label)
    note = make_note(alice, jane)
    end_read()
    assert [one.record_id for one in links_of(alice, note)] == [jane]
    assert str(sentence(rule)).endswith("with all their companies with a label that is deleted")
