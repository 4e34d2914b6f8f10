"""Companies, deals and tickets from a file: stages by any name, dates on their day, amounts in any style."""

from datetime import date
from decimal import Decimal

from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM, Viewer
from tests.factories import make_company, make_contact
from tests.imports.conftest import Rows, Run, Write
from tests.support.links import associated_ids

PIPELINE = """opportunity_id,account,product,deal_stage,close_date,close_value
1C1I7A6R,Cancity,GTX Plus Basic,Won,2017-03-01,1054
Z063OYW0,Isdom,GTXPro,Lost,2017-03-11,0
EC4QE1BX,,MG Special,Engaging,,
"""


def test_won_and_lost_are_the_stages_that_end_a_deal(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write(PIPELINE), "--object", "deals")
    won, lost = rows("deal")
    assert (won["dealstage"], lost["dealstage"]) == ("closedwon", "closedlost")
    assert won["closedate"].date() == date(2017, 3, 1)
    assert (won["amount"], lost["amount"]) == (Decimal(1054), Decimal(0))
    assert "4 not taken: deal_stage “Engaging”" in ended.out
    assert "Allowed: Appointment scheduled, Qualified to buy" in ended.out
    assert ended.code == 0


def test_a_value_said_by_hand_brings_the_row_in_later(run: Run, rows: Rows, write: Write) -> None:
    path = write(PIPELINE)
    run("import", path, "--object", "deals")
    ended = run("import", path, "--object", "deals", "--value", "Deal Stage:engaging=Qualified to buy")
    assert "created: 1" in ended.out
    assert "unchanged: 2" in ended.out
    assert rows("deal")[2]["dealstage"] == "qualifiedtobuy"


def test_a_deal_without_a_name_goes_by_its_number(run: Run, rows: Rows, write: Write) -> None:
    path = write(PIPELINE)
    run("import", path, "--object", "deals", "--create-properties")
    assert rows("deal")[0]["dealname"] == "1C1I7A6R"


def test_a_name_is_made_of_several_columns_and_may_be_given_later(run: Run, rows: Rows, write: Write) -> None:
    path = write(PIPELINE)
    run("import", path, "--object", "deals")
    wish = ("--set", "dealname={account} – {product}", "--value", "deal_stage:Engaging=contractsent")
    ended = run("import", path, "--object", "deals", *wish)
    assert "updated: 2" in ended.out
    assert [deal["dealname"] for deal in rows("deal")] == ["Cancity – GTX Plus Basic", "Isdom – GTXPro", "MG Special"]


def test_a_guessed_name_never_replaces_one(run: Run, rows: Rows, write: Write) -> None:
    path = write(PIPELINE)
    run("import", path, "--object", "deals", "--create-properties", "--set", "dealname={account} {product}")
    for _ in range(2):
        ended = run("import", path, "--object", "deals")
        assert "unchanged: 2" in ended.out
    assert rows("deal")[0]["dealname"] == "Cancity GTX Plus Basic"


def test_a_deal_is_linked_to_its_company_and_contacts(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    acme = make_company(alice, "Acme")
    ada = make_contact(alice, email="ada@x.org")
    text = "Deal name,Account,Contact email\nBig one,acme,ada@x.org; nobody@x.org\n"
    ended = run("import", write(text), "--object", "deals")
    deal = rows("deal")[0]["hs_object_id"]
    assert associated_ids(SYSTEM, deal, "deal", "company") == [acme]
    assert associated_ids(SYSTEM, deal, "deal", "contact") == [ada]
    assert "There is no contact with the e-mail address “nobody@x.org”" in ended.out


def test_a_file_in_which_nothing_is_a_name_is_refused_before_a_row_is_written(
    run: Run, rows: Rows, write: Write
) -> None:
    ended = run("import", write("colour,size\nred,4\n"), "--object", "deals")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "--map 'colour=dealname'" in ended.err


def test_an_unknown_key_column_updates_by_it(run: Run, rows: Rows, write: Write) -> None:
    run("import", write(PIPELINE), "--object", "deals", "--create-properties", "--map", "product=dealname")
    newer = write("opportunity_id,close_value\nZ063OYW0,777\n", "newer.csv")
    ended = run("import", newer, "--object", "deals", "--key", "opportunity_id")
    assert ended.code == 0
    assert "updated: 1" in ended.out
    assert [deal["amount"] for deal in rows("deal")] == [Decimal(1054), Decimal(777)]


def test_tickets_take_their_status_priority_and_requester(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    ada = make_contact(alice, email="ada@x.org")
    text = "Subject,Status,Priority,Requester,Description\nIt is broken,waiting on us,high,ada@x.org,\"Since\nMay\"\n"
    assert run("import", write(text), "--object", "tickets").code == 0
    (ticket,) = rows("ticket")
    kind = schema().object_type("ticket")
    assert kind.pipelines[0].stage(ticket["hs_pipeline_stage"]).label == "Waiting on us"  # type: ignore[union-attr]
    assert ticket["hs_ticket_priority"].lower() == "high"
    assert ticket["content"] == "Since\nMay"
    assert associated_ids(SYSTEM, ticket["hs_object_id"], "ticket", "contact") == [ada]


def test_companies_are_found_by_domain_then_by_name(run: Run, rows: Rows, write: Write, alice: Viewer) -> None:
    make_company(alice, "Acme", domain="acme.com")
    text = "account,website domain name,employees\nAcme Corp.,,\nOther,,50\nother,,60\n"
    ended = run("import", write(text), "--object", "companies", "--map", "website domain name=domain")
    assert ended.code == 0
    by_name = {company["name"]: company["numberofemployees"] for company in rows("company")}
    assert by_name == {"Acme": None, "Acme Corp.": None, "other": Decimal(60)}
    newer = write("Company domain name,City\nwww.ACME.com,Paris\n", "newer.csv")
    assert "updated: 1" in run("import", newer, "--object", "companies").out
    assert rows("company")[0]["city"] == "Paris"


def test_a_company_named_by_a_deal_first_is_filled_later_and_not_doubled(run: Run, rows: Rows, write: Write) -> None:
    run("import", write(PIPELINE), "--object", "deals")
    accounts = write("account,employees\nCancity,448\nIsdom,4540\n", "accounts.csv")
    ended = run("import", accounts, "--object", "companies")
    assert "updated: 2" in ended.out
    assert [company["numberofemployees"] for company in rows("company")] == [Decimal(448), Decimal(4540)]


def test_created_properties_hold_every_value_as_it_is(run: Run, rows: Rows, write: Write) -> None:
    text = (
        "name;Founded on;Zip code 2;Happy;Mail 2;Site 2;Turnover share;Notes\n"
        'A;31/12/2012;01234;yes;a@x.org;https://a.example;1,5;"two\nlines"\n'
        "B;01/02/2013;99999;no;b@x.org;www.b.example;2,25;one\n"
    )
    assert run("import", write(text), "--object", "companies", "--create-properties").code == 0
    properties = schema().object_type("company").properties
    types = {name: properties[name].type for name in properties if properties[name].is_custom}
    assert types == {
        "founded_on": "date",
        "zip_code_2": "text",
        "happy": "checkbox",
        "mail_2": "email",
        "site_2": "url",
        "turnover_share": "number",
        "notes": "multi_line",
    }
    first = rows("company")[0]
    assert first["founded_on"] == date(2012, 12, 31)
    assert first["zip_code_2"] == "01234"
    assert first["turnover_share"] == Decimal("1.5")
    assert first["notes"] == "two\nlines"


def test_a_header_no_property_can_be_named_by_is_named(run: Run, rows: Rows, write: Write) -> None:
    ended = run("import", write("name,客戶,!!,id\nA,大,x,7\n"), "--object", "companies", "--create-properties")
    assert ended.code == 0
    assert "column “!!” not taken: " in ended.out
    assert rows("company")[0]["id"] == 7
    assert rows("company")[0]["property"] == "大"


def test_a_header_that_seems_right_over_values_that_are_not_is_not_believed(
    run: Run, rows: Rows, write: Write
) -> None:
    ended = run("import", write("email,status,sales\na@x.org,warm,17\nb@x.org,cold,18\n"), "--object", "contacts")
    assert "column “status” not taken" in ended.out
    assert "column “sales” not taken" in ended.out


def test_the_date_of_creation_comes_with_a_new_record(run: Run, rows: Rows, write: Write) -> None:
    path = write("name,Create date\nA,2019-05-06\n")
    run("import", path, "--object", "companies")
    assert rows("company")[0]["createdate"].date() == date(2019, 5, 6)
    assert "unchanged: 1" in run("import", path, "--object", "companies").out


def test_a_date_format_is_obeyed(run: Run, rows: Rows, write: Write) -> None:
    path = write("dealname,closedate\nA,02/01/2014\n")
    refused = run("import", path, "--object", "deals")
    assert "may be two different days" in refused.out
    run("import", path, "--object", "deals", "--date-format", "%m/%d/%Y")
    assert rows("deal")[0]["closedate"].date() == date(2014, 2, 1)
