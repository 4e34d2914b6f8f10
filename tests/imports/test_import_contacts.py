"""People from a file: found by e-mail, made otherwise, linked to their companies; nothing skipped without a word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from crm.associations.queries import primary_company_id
from crm.imports.running import BATCH
from crm.permissions.viewer import SYSTEM, Viewer
from tests.factories import make_company, make_contact
from tests.imports.conftest import Rows, Run, Write
from tests.support.links import associated_ids
from tests.support.lists import make_list, on_list
from tests.support.queries import count_queries

PEOPLE = """First Name,SURNAME,E-mail,job_title,Company,Sales,Shoe size
Ada,Berg,Ada@Example.com,Engineer,Orange Inc,Bob Stone,38
Jan,Kowal,jan@example.com,,orange inc,bob@example.com,
Eve,Only,,Buyer,,Nobody Known,41
"""


def test_headers_are_matched_whatever_their_spelling(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write(PEOPLE), "--object", "contacts")
    assert ended.code == 0
    ada, jan, eve = rows("contact")
    assert (ada["firstname"], ada["lastname"], ada["email"]) == ("Ada", "Berg", "ada@example.com")
    assert ada["jobtitle"] == "Engineer"
    assert ada["company"] == "Orange Inc"
    assert eve["email"] is None


def test_a_company_named_twice_is_made_once_and_linked(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write(PEOPLE), "--object", "contacts")
    (company,) = rows("company")
    assert company["name"] == "Orange Inc"
    assert "companies created because they were named: 1" in ended.out
    for contact in rows("contact")[:2]:
        assert primary_company_id(SYSTEM, contact["hs_object_id"], "contact") == company["hs_object_id"]


def test_a_known_company_is_found_by_name_or_domain(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    acme = make_company(alice, "Acme", domain="acme.com")
    run("import", write("email,company\na@x.org,ACME\nb@x.org,https://www.acme.com/about\n"), "--object", "contacts")
    assert len(rows("company")) == 1
    assert len(associated_ids(SYSTEM, acme, "company", "contact")) == 2


def test_owners_are_found_by_name_or_email_and_others_named(run: Run, rows: Rows, write: Write, bob: Viewer) -> None:
    ended = run("import", write(PEOPLE), "--object", "contacts")
    assert [contact["hubspot_owner_id"] for contact in rows("contact")] == [bob.user_id, bob.user_id, None]
    assert "Sales “Nobody Known”: There is no user “Nobody Known”" in ended.out


def test_a_column_without_property_is_named_and_its_values_wait(run: Run, rows: Rows, write: Write) -> None:
    path = write(PEOPLE)
    ended = run("import", path, "--object", "contacts")
    assert ended.code == 0
    assert "column “Shoe size” not taken: No property is called so" in ended.out
    again = run("import", path, "--object", "contacts", "--create-properties")
    assert "updated: 2" in again.out
    assert "unchanged: 1" in again.out
    assert [contact["shoe_size"] for contact in rows("contact")] == [38, None, 41]


def test_the_same_file_again_changes_nothing(run: Run, rows: Rows, write: Write) -> None:
    path = write(PEOPLE)
    run("import", path, "--object", "contacts")
    again = run("import", path, "--object", "contacts")
    assert "created: 0" in again.out
    assert "unchanged: 3" in again.out
    assert len(rows("contact")) == 3


def test_a_list_of_an_import_has_the_records_that_it_left_as_they_were(
    run: Run, write: Write, alice: Viewer, work: Callable[[], None]
) -> None:
    ada = make_contact(alice, "Ada", email="ada@example.com")
    imported = make_list(alice, "Imported", "import.runs:known")
    work()
    ended = run("import", write("email\nada@example.com\n"), "--object", "contacts")
    assert "unchanged: 1" in ended.out
    work()
    assert on_list(imported) == {ada}


def test_another_file_updates_by_email_and_never_with_an_empty_cell(run: Run, rows: Rows, write: Write) -> None:
    run("import", write(PEOPLE), "--object", "contacts")
    newer = write("email,first name,job title,phone\nADA@example.com,Ada M.,,+48 22 123 45 67\n", "newer.csv")
    ended = run("import", newer, "--object", "contacts")
    assert "updated: 1" in ended.out
    ada = rows("contact")[0]
    assert (ada["firstname"], ada["jobtitle"], ada["phone"]) == ("Ada M.", "Engineer", "+48221234567")


def test_a_record_id_finds_its_record_and_nothing_else(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    contact, company = make_contact(alice), make_company(alice)
    path = write(f"Record ID,city\n{contact},Paris\n{company},Rome\n999999,Oslo\nx,Bern\n")
    ended = run("import", path, "--object", "contacts")
    assert ended.code == 0
    assert "updated: 1" in ended.out
    assert "not taken: 3" in ended.out
    assert "4 not taken: “999999”: There is no contact with the id 999999" in ended.out
    assert "5 not taken: record" not in ended.out
    assert rows("contact")[0]["city"] == "Paris"


def test_a_bad_cell_costs_the_cell_and_not_the_row(run: Run, rows: Rows, write: Write) -> None:
    path = write("email,firstname,lifecyclestage\nnot an address,Ada,Lead\nb@x.org,Bo,Nonsense\n")
    ended = run("import", path, "--object", "contacts")
    ada, bo = rows("contact")
    assert (ada["firstname"], ada["email"], ada["lifecyclestage"]) == ("Ada", None, "lead")
    assert (bo["email"], bo["lifecyclestage"]) == ("b@x.org", None)
    assert "email “not an address”: " in ended.out
    assert "Allowed: Subscriber, Lead" in ended.out


def test_a_row_that_names_nobody_is_not_taken(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write("email,firstname,city\n,,Paris\na@x.org,Ada,Rome\n,,\n"), "--object", "contacts")
    assert len(rows("contact")) == 1
    assert "2 not taken: At least one of these is required" in ended.out
    assert "4 empty: The row is empty" in ended.out
    assert ended.code == 0


def test_the_lifecycle_stage_never_moves_backward(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    make_contact(alice, email="a@x.org", lifecyclestage="customer")
    ended = run("import", write("email,lifecyclestage\na@x.org,lead\n"), "--object", "contacts")
    assert rows("contact")[0]["lifecyclestage"] == "customer"
    assert "an import never moves it back" in ended.out


def test_several_email_columns_keep_every_address(run: Run, rows: Rows, write: Write) -> None:
    text = "first_name,email_other,email_work,email_home\nAda,o@x.org,w@x.org,h@x.org\nBo,bo@x.org,,\n"
    run("import", write(text), "--object", "contacts")
    ada, bo = rows("contact")
    assert ada["email"] == "w@x.org"
    assert ada["hs_additional_emails"] == "h@x.org;o@x.org"
    assert bo["email"] == "bo@x.org"


def test_a_row_is_found_by_an_additional_address_and_leaves_the_primary_one_alone(
    run: Run, rows: Rows, write: Write, alice: Viewer
) -> None:
    make_contact(alice, "Ada Berg", email="ada@x.org", hs_additional_emails="a@work.org;b@work.org")
    text = "email,jobtitle,additional email addresses\nA@work.org,Buyer,c@work.org\n"
    ended = run("import", write(text), "--object", "contacts")
    (ada,) = rows("contact")
    assert (ada["email"], ada["jobtitle"]) == ("ada@x.org", "Buyer")
    assert ada["hs_additional_emails"] == "a@work.org;b@work.org;c@work.org"
    assert "updated: 1" in ended.out
    assert "unchanged: 1" in run("import", write(text, "again.csv"), "--object", "contacts").out


def test_rows_find_each_other_by_additional_addresses(run: Run, rows: Rows, write: Write) -> None:
    text = "first_name,email_work,email_home\nAda,w@x.org,h@x.org\nAda,h@x.org,\nAda,z@x.org,w@x.org\n"
    ended = run("import", write(text), "--object", "contacts")
    assert [one["email"] for one in rows("contact")] == ["w@x.org", "z@x.org"]
    assert "w@x.org" in ended.out
    assert rows("contact")[1]["hs_additional_emails"] is None


def test_an_import_makes_no_companies_of_e_mail_domains(run: Run, rows: Rows, write: Write) -> None:
    run("import", write("email\nmia@orange.example\n"), "--object", "contacts")
    assert rows("company") == []


def test_a_company_is_found_by_an_additional_domain(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    make_company(alice, "Orange Inc", domain="orange.example", hs_additional_domains="fruit.example")
    run("import", write("domain,city\nwww.fruit.example,Paris\n"), "--object", "companies")
    (orange,) = rows("company")
    assert (orange["domain"], orange["city"]) == ("orange.example", "Paris")


def test_a_column_is_left_out_or_aimed_by_hand(run: Run, rows: Rows, write: Write) -> None:
    path = write("email,Spitzname,city\na@x.org,Addy,Paris\n")
    ended = run("import", path, "--object", "contacts", "--map", "SPITZNAME=firstname", "--map", "city=")
    assert rows("contact")[0]["firstname"] == "Addy"
    assert rows("contact")[0]["city"] is None
    assert "column “city” not taken: Left out as asked" in ended.out


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        ("nickname=firstname", "the file has no column “nickname”. Its columns are: email, city."),
        ("city=firstnam", "contacts have no property “firstnam”; did you mean firstname"),
        ("city", "is not of the form 'column=property'"),
    ],
)
def test_a_wish_that_makes_no_sense_ends_with_one_line(run: Run, write: Write, wish: str, line: str) -> None:
    ended = run("import", write("email,city\na@x.org,Paris\n"), "--object", "contacts", "--map", wish)
    assert ended.code == 2
    assert line in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.out == ""


def test_people_who_see_only_their_own_own_what_they_import(run: Run, rows: Rows, write: Write, bob: Viewer) -> None:
    ended = run("import", write("email\na@x.org\n"), "--object", "contacts", "--as", "bob@example.com")
    assert ended.code == 0
    assert rows("contact")[0]["hubspot_owner_id"] == bob.user_id


def test_who_may_not_create_is_told_so_for_each_row(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write("email\na@x.org\n"), "--object", "contacts", "--as", "dana@example.com")
    assert "2 not taken: You may not write this record" in ended.out
    assert rows("contact") == []
    unknown = run("import", write("email\na@x.org\n"), "--object", "contacts", "--as", "nobody@example.com")
    assert unknown.code == 2


def test_a_contact_hidden_from_the_importer_is_not_doubled(
    run: Run, rows: Rows, write: Write, charlie: Viewer
) -> None:
    make_contact(charlie, email="a@x.org")
    ended = run("import", write("email,city\na@x.org,Paris\n"), "--object", "contacts", "--as", "bob@example.com")
    assert "2 not taken: email “a@x.org”: Another record already has this" in ended.out
    assert len(rows("contact")) == 1
    assert rows("contact")[0]["city"] is None


def test_the_report_file_names_everything_not_taken(app: Flask, run: Run, write: Write) -> None:
    text = "email,lifecyclestage,odd\na@x.org,Nonsense,=1+1\n,,x\nb@x.org,=cmd(),\n"
    ended = run("import", write(text), "--object", "contacts")
    path = Path(ended.out.splitlines()[-1].removeprefix("report: "))
    assert path.parent == app.config["KARTOTEK"].data_dir / "imports"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,outcome,record,column,value,code,reason"
    assert lines[1].startswith(",column not taken,,odd,,column_not_mapped,")
    assert lines[2].startswith("2,created,")
    assert "lifecyclestage,Nonsense,invalid_enumeration_option" in lines[2]
    assert lines[3].startswith("3,not taken,,,,missing_required_property")
    assert "'=cmd()" in lines[4]


def test_a_deleted_record_is_made_anew_from_its_row(run: Run, rows: Rows, write: Write) -> None:
    from crm.db import unit_of_work
    from crm.records.operations import archive_record

    path = write("firstname,lastname\nAda,Berg\n")
    run("import", path, "--object", "contacts")
    with unit_of_work():
        archive_record(SYSTEM, rows("contact")[0]["hs_object_id"])
    again = run("import", path, "--object", "contacts")
    assert "created: 1" in again.out
    assert len(rows("contact")) == 1


def test_who_holds_the_addresses_of_a_batch_is_asked_once(run: Run, write: Write) -> None:
    lines = "".join(f"P{number},p{number}@example.com,q{number}@example.com\n" for number in range(BATCH))
    path = write(f"First name,E-mail,hs_additional_emails\n{lines}")
    with count_queries() as queries:
        assert run("import", path, "--object", "contacts").code == 0
    assert sum("FROM record_identifier" in query for query in queries) == 1, queries
