"""Columns with the labels of associations: taken, told apart, refused with a line, and nothing else lost (SPEC 4.3)."""

import pytest

from crm.associations.labels import create_label, delete_label, labels_of, set_limit
from crm.associations.queries import primary_company_id
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import SYSTEM, Viewer
from tests.factories import make_company, make_contact, relate
from tests.imports.conftest import Rows, Run, Write
from tests.support.links import associated_ids

CONTACTS = ("--object", "contacts")


@pytest.fixture
def labels(alice: Viewer) -> dict[str, int]:
    """What contacts and companies are to each other, and contacts and deals."""
    end_read()
    with unit_of_work():
        made = {
            "Employer": create_label(alice, "contact", "company", "Employer", "Employee"),
            "Billing": create_label(alice, "contact", "company", "Billing address"),
            "Decides": create_label(alice, "deal", "contact", "Decision maker"),
        }
    end_read()
    return made


def texts(record_id: int, other_id: int) -> list[str]:
    end_read()
    return [label.text for label in labels_of(SYSTEM, record_id, [other_id]).get(other_id, ())]


@pytest.mark.usefixtures("labels")
def test_db_40_a_column_gives_its_labels_to_the_association_of_its_row(run: Run, rows: Rows, write: Write) -> None:
    text = (
        "First name,Email,Company,Company label\n"
        "Ada,ada@x.org,Acme,Employer; billing ADDRESS\n"
        "Bert,bert@x.org,acme,employee\n"
        "Cleo,cleo@x.org,Acme,\n"
    )
    path = write(text)
    ended = run("import", path, *CONTACTS)
    ada, bert, cleo = (row["hs_object_id"] for row in rows("contact"))
    (acme,) = (row["hs_object_id"] for row in rows("company"))
    assert texts(ada, acme) == ["Billing address", "Employer"]
    assert texts(acme, bert) == ["Employee"]
    assert texts(cleo, acme) == []
    assert associated_ids(SYSTEM, cleo, "contact", "company") == [acme]
    assert "created: 3" in ended.out
    assert "×" not in ended.out
    assert "unchanged: 3" in run("import", path, *CONTACTS).out
    more = write(text.replace("Acme,\n", "Acme,Employer\n"), "more.csv")
    assert "updated: 1" in run("import", more, *CONTACTS).out
    assert texts(cleo, acme) == ["Employer"]


@pytest.mark.usefixtures("labels")
def test_db_40_an_unknown_label_is_told_and_the_link_is_kept(run: Run, rows: Rows, write: Write) -> None:
    header = "First name,Email,Company,Associated company label\n"
    text = f"{header}Ada,ada@x.org,Acme,Employer;Tormentor\nBert,b@x.org,,Boss\n"
    ended = run("import", write(text), *CONTACTS)
    ada = rows("contact")[0]["hs_object_id"]
    (acme,) = associated_ids(SYSTEM, ada, "contact", "company")
    assert texts(ada, acme) == ["Employer"]
    assert "created: 2" in ended.out
    assert "“Tormentor”: There is no such label; the record is associated without it (in 2)" in ended.out
    assert "“Boss”: The row names nobody who could have this label (in 3)" in ended.out


def test_db_40_limits_hold_with_a_line_for_each_row(
    run: Run, rows: Rows, write: Write, alice: Viewer, labels: dict[str, int]
) -> None:
    end_read()
    with unit_of_work():
        set_limit(alice, "company", "contact", None, 3)
    end_read()
    with unit_of_work():
        set_limit(alice, "contact", "company", labels["Employer"], 1)
    text = "First name,Email,Company,Company label\n" + "".join(
        f"{name},{name}@x.org,{company},Employer\n"
        for name, company in (("a", "Acme"), ("a", "Bolt"), ("b", "Acme"), ("c", "Acme"), ("d", "Acme"))
    )
    ended = run("import", write(text), *CONTACTS)
    people = [row["hs_object_id"] for row in rows("contact")]
    acme, bolt = (row["hs_object_id"] for row in rows("company"))
    assert [texts(people[0], company) for company in (acme, bolt)] == [["Employer"], []]
    assert len(people) == 4
    assert sorted(associated_ids(SYSTEM, acme, "company", "contact")) == people[:3]
    assert "Only one of the Companies of “a” may have the label “Employer”. (in 3)" in ended.out
    assert "“Acme” may be associated with at most 3 Contacts. (in 6)" in ended.out
    assert "“Employer”: Without the association there is nothing to label (in 6)" in ended.out


@pytest.mark.usefixtures("labels")
def test_each_label_column_goes_with_the_nearest_column_before_it(
    run: Run, rows: Rows, write: Write, alice: Viewer
) -> None:
    ada, bert = make_contact(alice, email="ada@x.org"), make_contact(alice, email="bert@x.org")
    text = (
        "Deal name,Contact email,Contact role,Buyer,Contact label\n"
        "Big one,ada@x.org,Decision Maker,bert@x.org,\n"
        "Small one,ada@x.org,,bert@x.org,decision maker\n"
    )
    ended = run("import", write(text), "--object", "deals")
    big, small = (row["hs_object_id"] for row in rows("deal"))
    assert [texts(big, one) for one in (ada, bert)] == [["Decision maker"], []]
    assert [texts(small, one) for one in (ada, bert)] == [[], ["Decision maker"]]
    assert "Contact role -> associated contact label" in ended.err


def test_a_column_that_names_no_labels_or_labels_nobody_is_not_taken(
    run: Run, write: Write, alice: Viewer, labels: dict[str, int]
) -> None:
    text = "First name,Email,Company,Company label\nAda,ada@x.org,Acme,Gold\nBert,b@x.org,Acme,Silver\n"
    ended = run("import", write(text), *CONTACTS)
    assert "column “Company label” not taken: No property is called so" in ended.out
    alone = "First name,Email,Company label\nAda,ada@x.org,Employer\n"
    ended = run("import", write(alone, "alone.csv"), *CONTACTS)
    assert "column “Company label” not taken: No column says whose association has this label" in ended.out
    end_read()
    with unit_of_work():
        delete_label(alice, labels["Employer"])
    end_read()
    gone = "First name,Email,Company,Associated company label\nAda,ada@x.org,Acme,Employer\n"
    assert "There is no such label" in run("import", write(gone, "gone.csv"), *CONTACTS).out


def test_primary_is_set_by_a_file_too(run: Run, write: Write, alice: Viewer) -> None:
    ada, acme, bolt = make_contact(alice, email="ada@x.org"), make_company(alice, "Acme"), make_company(alice, "Bolt")
    relate(alice, ada, acme, bolt)
    text = "Email,Company,Company label\nada@x.org,Bolt,Primary\n"
    assert "updated: 1" in run("import", write(text), *CONTACTS).out
    end_read()
    assert primary_company_id(SYSTEM, ada, "contact") == bolt


def test_db_40_labels_that_differ_in_a_sign_only_are_told_apart(
    alice: Viewer, run: Run, rows: Rows, write: Write
) -> None:
    end_read()
    with unit_of_work():
        for text in ("Plan A", "Plan A+"):
            create_label(alice, "contact", "company", text)
    end_read()
    run("import", write("First name,Company,Company label\nAda,Acme,plan a+\nBert,Acme,Plan-A\n"), *CONTACTS)
    ada, bert = (row["hs_object_id"] for row in rows("contact"))
    (acme,) = (row["hs_object_id"] for row in rows("company"))
    assert (texts(ada, acme), texts(bert, acme)) == (["Plan A+"], ["Plan A"])
