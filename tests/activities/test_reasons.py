"""Why an activity is on a record, in words (SPEC 6.4-6.9)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from crm.activities.queries import links_of
from crm.activities.reasons import reasons, why
from crm.activities.rule import Rule, Scope, marks, read_marks
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_company, make_contact, make_deal, make_note, relate
from tests.factories.merging import make_merge
from tests.support.html import read
from tests.support.queries import count_queries


@dataclass
class Link:
    """A link as it is stored."""

    source: str
    source_detail: str = ""
    actor_id: int | None = None


FIVE_OPEN = Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 5)
JANE = 34


@pytest.mark.parametrize(
    ("source", "detail", "words"),
    [
        ("origin", "", "Logged on this record"),
        ("contacted", "", "Emailed or called"),
        ("thread", "", "On the first email of the thread"),
        ("conversation", "", "Linked to the conversation"),
        ("person", "", "Chosen by hand"),
        ("bulk", "7", "Associated with many at once"),
        ("carry_over", "7:34", "Carried over from Jane Doe"),
        ("carry_over", "7:35", "Carried over"),
        ("carry_over", "7", "Carried over"),
        ("import", "3:17", "Import 3, row 17"),
        ("sample", "", "Sample data"),
        ("rule", marks(FIVE_OPEN, JANE), "By rule: among the 5 newest open deals of Jane Doe"),
        ("rule", marks(FIVE_OPEN, 35), "By rule: among the 5 newest open deals of the record it was logged on"),
        (
            "rule",
            marks(FIVE_OPEN, JANE, 8),
            "By rule: among the 5 newest open deals of Jane Doe; applied to past activity",
        ),
        ("rule", marks(Rule("deal", "company", Scope.PRIMARY), JANE), "By rule: primary company of Jane Doe"),
        ("rule", marks(Rule("lead", "contact", Scope.ALL), JANE), "By rule: one of the contacts of Jane Doe"),
        (
            "rule",
            marks(Rule("contact", "deal", Scope.MOST_RECENT, 1), JANE),
            "By rule: newest deal of Jane Doe",
        ),
        ("merge", f"9:rule:{marks(FIVE_OPEN, JANE)}", None),
        ("merge", "9:origin:", "Merged from another record: Logged on this record"),
        ("merge", "", "Merged from another record"),
        ("rule", "A sentence of an older version", "A sentence of an older version"),
        ("rule", "", "By rule"),
        ("import", "Named in the e-mail", "Named in the e-mail"),
    ],
)
def test_every_source_has_its_words(app: object, source: str, detail: str, words: str | None) -> None:
    expected = words or "Merged from another record: By rule: among the 5 newest open deals of Jane Doe"
    assert str(why(Link(source, detail), {JANE: "Jane Doe"})) == expected


def test_who_ticked_it_is_named(alice: Viewer) -> None:
    assert str(why(Link("person", actor_id=alice.user_id))) == f"{alice.name} ticked it"
    assert str(why(Link("bulk", "4", alice.user_id))) == f"{alice.name} did so for many at once"


@pytest.mark.parametrize("text", ["", "deal", ":deal:some:5:1:", ":deal:all:x:1:", "9" * 30 + ":deal:all:0:1:"])
def test_marks_that_are_no_rule_are_read_as_none(text: str) -> None:
    assert read_marks(text) is None


def test_marks_keep_rule_record_run_and_label() -> None:
    rule = Rule("contact", "deal", Scope.MOST_RECENT, 3, kind="call", label="contact_to_deal:buyer")
    found = read_marks(marks(rule, 5, 6))
    assert found is not None
    assert (found.rule.target, found.rule.scope, found.rule.count, found.rule.label) == (
        "deal",
        Scope.MOST_RECENT,
        3,
        "contact_to_deal:buyer",
    )
    assert (found.first_id, found.run_id) == (5, 6)


def test_links_of_a_real_activity_tell_why_and_name_no_hidden_record(alice: Viewer, charlie: Viewer) -> None:
    jane, deal, company = make_contact(alice, "Jane Doe"), make_deal(alice, "Crates"), make_company(alice, "Acme")
    relate(alice, jane, deal)
    relate(alice, jane, company)
    note = make_note(alice, jane)
    links = links_of(alice, note)
    assert {one.display_name: str(words) for one, words in zip(links, reasons(alice, links), strict=True)} == {
        "Jane Doe": "Logged on this record",
        "Crates": "By rule: among the 5 newest open deals of Jane Doe",
        "Acme": "By rule: primary company of Jane Doe",
    }
    assert "Jane" not in " ".join(map(str, reasons(charlie, links)))


def test_reasons_cost_one_query_for_any_number_of_links(alice: Viewer) -> None:
    amounts = []
    for amount in (5, 50):
        links = [Link("rule", marks(FIVE_OPEN, make_contact(alice))) for _ in range(amount)]
        reasons(alice, links[:1])
        with count_queries() as queries:
            assert len(reasons(alice, links)) == amount
        amounts.append(len(queries))
    assert amounts == [1, 1]


def test_an_activity_of_a_merged_record_says_so(alice: Viewer) -> None:
    kept, gone = make_contact(alice, "Jane Doe"), make_contact(alice, "J. Doe")
    note = make_note(alice, gone)
    make_merge(alice, kept, gone)
    end_read()
    links = links_of(alice, note)
    assert [str(words) for words in reasons(alice, links)] == ["Merged from another record: Logged on this record"]


def test_the_history_of_an_activity_tells_the_reasons(
    alice: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    jane, deal, other = make_contact(alice, "Jane Doe"), make_deal(alice, "Crates"), make_deal(alice, "Lids")
    relate(alice, jane, deal)
    call = make_call(alice, jane, also_on=[deal, other])
    lines = read(client_of(alice).get(f"/activities/{call}/history").text).all("p", css="settings-row-text")
    told = " | ".join(one.text for one in lines)
    for words in ("By rule: among the 5 newest open deals of Jane Doe", "Chosen by hand", "Logged on this record"):
        assert words in told
