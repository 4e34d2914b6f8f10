"""How tables look for one person, and what the order of one is: SPEC 5.1 "Table settings"."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.accounts.queries import viewer_for
from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.table_look import (
    GREATEST_WIDTH,
    MOST_OBJECTS,
    MOST_WIDTHS,
    TableLook,
    choose_widths,
    look_of,
)
from tests.factories import make_contact
from tests.support.html import Element, read

HERE = "/objects/contacts/table-settings"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    return client_of(bob)


def table(browser: FlaskClient, path: str = "/objects/contacts") -> Element:
    return read(browser.get(path).text).one("table")


def look(viewer: Viewer, kind: str = "contact") -> TableLook:
    end_read()
    return look_of(viewer_for(viewer.user_id or 0), schema().object_type(kind))


def test_a_page_has_as_many_rows_as_somebody_wants(browser: FlaskClient, bob: Viewer) -> None:
    for number in range(27):
        make_contact(bob, f"Ada {number}")
    assert len(table(browser).one("tbody").all("tr")) == 25
    browser.post(HERE, data={"size": "50", "height": "compact", "stripes": "1"})
    found = table(browser)
    assert len(found.one("tbody").all("tr")) == 27
    assert (found["data-size"], "data-stripes" in found) == ("compact", True)
    assert look(bob, "company") == look(bob)


def test_the_settings_sort_by_any_property_and_go_back_to_the_list(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob)
    asked = read(browser.get(f"{HERE}?q=ada&columns=city").text)
    assert asked.one("form", id="table-settings").fields()["q"] == "ada"
    data = {"q": "ada", "columns": "city", "size": "25", "sort-by": "jobtitle", "sort-way": "desc"}
    answer = browser.post(HERE, data=data)
    assert answer.status_code == 303
    for part in ("q=ada", "columns=city", "sort=jobtitle", "direction=desc"):
        assert part in answer.location
    assert browser.post(HERE, data=data | {"sort-by": "shoe_size"}).status_code == 303


@pytest.mark.parametrize("data", [{}, {"size": "x"}, {"size": "-1"}])
def test_nonsense_changes_no_setting(browser: FlaskClient, bob: Viewer, data: dict[str, str]) -> None:
    assert browser.post(HERE, data=data).status_code == 400
    assert look(bob) == TableLook()
    assert browser.post("/objects/contacts/column-widths", data={"widths": "email"}).status_code == 400
    assert look(bob).widths == {}


def test_widths_are_kept_for_each_object(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob)
    browser.post("/objects/contacts/column-widths", data={"widths": "name:30 email:20 shoe_size:9 city:900"})
    assert look(bob).widths == {"name": 30, "email": 20, "city": GREATEST_WIDTH}
    assert look(bob, "company").widths == {}
    assert [col["data-width"] for col in table(browser, "/objects/contacts?columns=email,phone").all("col")][1:] == [
        "20",
        "20",
    ]
    browser.post("/objects/contacts/column-widths", data={"widths": "email:25"})
    assert look(bob).widths == {"name": 30, "email": 25, "city": GREATEST_WIDTH}
    browser.post(HERE, data={"size": "25", "forget-widths": "1"})
    assert look(bob).widths == {}


def test_widths_of_very_many_columns_never_fill_the_preferences(bob: Viewer) -> None:
    kinds = list(schema().types.values())
    end_read()
    with unit_of_work():
        for kind in kinds:
            choose_widths(bob, kind, {f"a_long_name_of_a_property_{number}": 20 for number in range(60)})
    kept = viewer_for(bob.user_id or 0).preferences["column_widths"]
    assert len(kept) == MOST_OBJECTS
    assert {len(widths) for widths in kept.values()} == {MOST_WIDTHS}


def test_columns_are_edited_by_ticks_and_buttons_without_scripts(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob)
    here = "/objects/contacts/columns"
    page = read(browser.get(f"{here}?q=ada&columns=city,email").text)
    assert [one["value"] for one in page.all("input", name="column")] == ["city", "email"]
    sent = "q=ada&begun=1&column=city&column=email&tick=city&tick=email&tick=company.city"

    def chosen(more: str) -> list[str]:
        return [one["value"] for one in read(browser.get(f"{here}?{sent}{more}").text).all("input", name="column")]

    assert chosen("") == ["city", "email", "company.city"]
    assert chosen("&down=city") == ["email", "city", "company.city"]
    assert chosen("&up=company.city") == ["city", "company.city", "email"]
    assert chosen("&remove=email&tick=shoe_size") == ["city", "company.city"]
    answer = browser.get(f"{here}?{sent}&apply=1")
    assert (answer.status_code, answer.location.count("q=ada")) == (303, 1)
    heads = read(browser.get(answer.location).text).one("thead").all("th")
    assert [one.text for one in heads] == ["Name", "City", "Email", "Company: City"]
    assert browser.get(f"{here}?begun=1&apply=1").status_code == 303
