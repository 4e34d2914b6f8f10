"""A file as the value of a property, uploaded where it stands and on the create form (DB-13)."""

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from crm.db import end_read, unit_of_work
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_deal
from tests.factories.property_settings import set_property

PLAN: FilePayload = {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF plan"}
WON = {"operator": "any_of", "values": ["closedwon"], "dependents": [{"name": "contract", "required": True}]}
BIG = {"operator": "any_of", "values": ["newbusiness"], "dependents": [{"name": "hs_next_step", "required": False}]}


@pytest.fixture(autouse=True)
def contract(app: Any) -> None:
    """A deal has a contract."""
    group = schema().object_type("deal").property("dealname").group
    end_read()
    with unit_of_work():
        create_property("deal", "Contract", "file", group)
    end_read()


def test_db_13_a_file_is_uploaded_and_downloaded_where_it_stands(page: Page, bob: Viewer) -> None:
    deal_id = make_deal(bob)
    page.goto(f"/records/{deal_id}/properties/contract/edit")
    page.locator("#property-contract-field").set_input_files(PLAN)
    page.locator("#property-contract").get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name="Plan.pdf")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Plan.pdf"
    assert download.value.path().read_bytes() == b"%PDF plan"


def test_a_file_that_the_form_asks_for_counts_when_the_form_comes_back_with_it(page: Page, bob: Viewer) -> None:
    set_property("deal", "dealstage", conditions=[WON])
    set_property("deal", "dealtype", conditions=[BIG])
    page.goto("/objects/deals/new")
    form = page.get_by_role("main")
    form.get_by_label("Deal name").fill("Ten tons")
    form.get_by_label("Deal stage").select_option("closedwon")
    create = form.get_by_role("button", name="Create", exact=True)
    expect(page.locator("#new-contract")).to_be_visible()
    expect(create).to_be_disabled()
    page.locator("#new-contract").set_input_files(PLAN)
    expect(create).to_be_enabled()
    form.get_by_label("Deal stage").select_option("closedlost")
    expect(page.locator("#new-contract")).to_have_count(0)
    form.get_by_label("Deal stage").select_option("closedwon")
    expect(create).to_be_disabled()
    page.locator("#new-contract").set_input_files(PLAN)
    form.get_by_label("Deal type").select_option("newbusiness")
    expect(form.get_by_label("Plan.pdf")).to_be_checked()
    expect(create).to_be_enabled()
    create.click()
    expect(page.get_by_role("heading", name="Ten tons", level=1)).to_be_visible()
