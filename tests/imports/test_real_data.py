"""Real public files, row by row: everything is in, or named with its reason. Not collected where they are absent."""

from decimal import Decimal
from pathlib import Path

import pytest

from crm.imports.csv_reading import open_table
from crm.imports.errors import ImportRefused
from crm.imports.mail_parsing import parse_mail
from crm.imports.mbox import read_mbox
from crm.permissions.viewer import SYSTEM
from tests.imports.conftest import Rows, Run
from tests.imports.support import shared_data
from tests.support.links import associated_ids

DATA = shared_data() or Path()
MAVEN, ATOMIC, LISTS = DATA / "maven-crm-sales", DATA / "atomic-crm-contacts", DATA / "mbox-asf-lists"
MAIL = sorted(DATA.glob("mime-*/*.eml"))
TABLES = sorted(DATA.glob("messy-csv-*/*.?sv"))

NOT_UTF_8 = {"test_latin1.csv": "iso-8859-1", "211.first60.csv": "mac-roman", "spanish_chars.csv": "windows-1252"}


@pytest.mark.timeout(600)
def test_accounts_and_deals_of_a_seller_are_all_in(run: Run, rows: Rows) -> None:
    accounts = run("import", MAVEN / "accounts.csv", "--object", "companies", "--create-properties")
    assert (accounts.code, "created: 85" in accounts.out) == (0, True)
    wishes = ("--set", "dealname={account} {product} {opportunity_id}", "--value", "deal_stage:Engaging=contractsent")
    deals = run(
        "import", MAVEN / "sales_pipeline.first60.csv", "--object", "deals", "--create-properties", *wishes
    )
    assert (deals.code, "created: 5280" in deals.out) == (0, True)
    assert "companies created" not in deals.out
    assert "sales_agent “Moses Frase”: There is no user “Moses Frase”" in deals.out
    found = rows("deal")
    assert len(found) == 5280
    first = found[0]
    assert first["dealname"] == "Cancity GTX Plus Basic 1C1I7A6R"
    assert (first["dealstage"], first["amount"]) == ("closedwon", Decimal(1054))
    assert first["closedate"].date().isoformat() == "2017-03-01"
    assert first["engage_date"].isoformat() == "2016-10-20"
    (company,) = associated_ids(SYSTEM, first["hs_object_id"], "deal", "company")
    named = {row["hs_object_id"]: row["name"] for row in rows("company")}
    assert named[company] == "Cancity"
    assert sum(deal["dealstage"] == "closedwon" for deal in found) == 2760


def test_contacts_of_another_crm_are_all_in(run: Run, rows: Rows) -> None:
    ended = run("import", ATOMIC / "contacts.csv", "--object", "contacts", "--create-properties")
    assert ended.code == 0
    assert "created: 500" in ended.out
    assert "companies created because they were named: 55" in ended.out
    assert "column “linkedin_url” not taken: The column has no values" in ended.out
    assert "500 × sales “Jane Doe”: There is no user “Jane Doe”" in ended.out
    shelley = rows("contact")[0]
    assert shelley["email"] == "shelley_kerluke47@hotmail.com"
    assert shelley["phone_home"] == "1-955-371-0847 x371"
    assert shelley["first_seen"].isoformat() == "2024-08-13T18:04:34.666000+00:00"
    assert shelley["has_newsletter"] is False
    more = run("import", ATOMIC / "contacts_export_header.csv", "--object", "contacts")
    assert "created: 2" in more.out
    assert rows("contact")[500]["hs_additional_emails"] == "john.doe@gmail.com;jdoe@caramail.com"


def test_letters_of_mailing_lists_are_one_thread(run: Run, rows: Rows) -> None:
    ended = run("import-mail", LISTS / "users_ponymail_apache_org_2019-09.mbox", "--create-contacts")
    assert (ended.code, "created: 4" in ended.out) == (0, True)
    run("import-mail", LISTS / "dev_ponymail_apache_org_2020-10.mbox", "--create-contacts")
    emails = rows("email")
    assert len({email["thread_id"] for email in emails[:4]}) == 1
    assert len(emails) == 5
    assert {"rbowen@rcbowen.com", "garydgregory@gmail.com", "jmclean@apache.org"} <= {
        contact["email"] for contact in rows("contact")
    }


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_messy_table_is_read_to_its_end_once_its_encoding_is_known(path: Path) -> None:
    if path.name in NOT_UTF_8:
        with pytest.raises(ImportRefused, match="--encoding"):
            open_table(path)
    table = open_table(path, NOT_UTF_8.get(path.name))
    numbers = [row.number for row in table.rows()]
    assert numbers == list(range(table.header_row + 1, table.header_row + 1 + len(numbers)))


def test_strange_mail_is_logged_or_named(run: Run, rows: Rows) -> None:
    logged = named = 0
    for path in MAIL[::6]:
        ended = run("import-mail", path, "--create-contacts")
        assert ended.code == 0
        logged += "created: 1" in ended.out
        named += "not taken: 1" in ended.out or "unchanged: 1" in ended.out
    assert logged + named == len(MAIL[::6])
    assert len(rows("email")) == logged


@pytest.mark.parametrize("path", MAIL, ids=lambda path: path.name)
def test_strange_mail_is_readable(path: Path) -> None:
    (raw,) = read_mbox(path)
    mail = parse_mail(raw.data)
    words = " ".join([mail.subject, mail.sender[0], *(part.name for part in mail.attachments)])
    assert mail.is_broken or mail.sender[1]
    assert "\ufffd" not in words
    assert not any("\ud800" <= sign <= "\udfff" for sign in words)
