"""An object made in the settings is used like those that were there: with JavaScript and without (DB-03, DB-30)."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from crm.db import end_read
from crm.imports.import_file import FileRequest, import_csv_file
from crm.imports.options import ImportOptions
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from tests.browser.conftest import OpenPage
from tests.factories import make_company

FILE = "Serial number,Model,Account\nKX-2000,Press,Orange Inc\nKX-2001,Mixer,Orange Inc\n"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, page_of: OpenPage, alice: Viewer) -> Page:
    return page_of(alice, java_script_enabled=request.param)


def test_db_03_an_object_is_made_filled_found_imported_and_associated(
    page: Page, app: Flask, alice: Viewer, tmp_path: Path
) -> None:
    make_company(alice, "Orange Inc")
    make_machine_object(page)
    make_machine(page, "KX-2000")
    find(page, "KX-2000")
    take_in(alice, tmp_path)
    page.goto("/objects/machines")
    expect(page.get_by_role("link", name="KX-2001", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Mixer")
    page.get_by_role("link", name="KX-2001", exact=True).click()
    expect(page.locator("#card-linked-companies .association-name")).to_have_text(["Orange Inc"])
    expect(page.locator("#card-linked-companies")).to_contain_text("Primary")
    associate_with_contact(page)


def make_machine_object(page: Page) -> None:
    page.goto("/settings/objects")
    page.get_by_role("main").get_by_role("link", name="Create object").click()
    page.get_by_label("Name of one").fill("Machine")
    page.get_by_label("Name of many").fill("Machines")
    page.get_by_label("Property that names a record").fill("Serial number")
    page.get_by_label("No two records may have the same").click()
    page.get_by_label("Property 1").fill("Model")
    page.get_by_role("button", name="Create object").click()
    expect(page.get_by_role("heading", name="Machines", level=1)).to_be_visible()


def make_machine(page: Page, serial: str) -> None:
    page.goto("/objects/machines/new")
    page.get_by_role("main").get_by_label("Serial number").fill(serial)
    page.get_by_role("main").get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name=serial, level=1)).to_be_visible()


def find(page: Page, serial: str) -> None:
    page.goto(f"/search?q={serial}")
    page.get_by_role("main").get_by_role("link", name=serial).first.click()
    expect(page.get_by_role("heading", name=serial, level=1)).to_be_visible()


def take_in(actor: Viewer, folder: Path) -> None:
    file = folder / "machines.csv"
    file.write_text(FILE)
    end_read()
    request = FileRequest(file, "machines", ImportOptions())
    report = import_csv_file(actor, request, Context(), folder, lambda done, total: None, lambda line: None)
    assert report.is_complete, report
    end_read()


def associate_with_contact(page: Page) -> None:
    page.locator("#card-linked-contacts").get_by_role("link", name="Add contacts").click()
    expect(page.get_by_role("searchbox", name="Search contacts")).to_be_visible()
