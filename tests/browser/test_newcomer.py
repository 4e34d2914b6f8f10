"""A newcomer's first minutes with the real program, as `python app.py` starts it, on each database."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from psycopg import sql

from crm import PROJECT
from tests.browser.conftest import OpenPage
from tests.browser.screens import body_of, composer, item
from tests.browser.watch import Watch
from tests.support.databases import NAMES, POSTGRES_URL, PREFIX
from tests.support.program import free_port

PASSWORD = "a short sentence is easy"


@pytest.fixture(params=NAMES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting: nothing for the SQLite file of a new data folder, else an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    url = sa.make_url(POSTGRES_URL)
    name = sql.Identifier(f"{PREFIX}_newcomer_{os.getpid()}")
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as on:
        on.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        on.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield url.set(database=f"{PREFIX}_newcomer_{os.getpid()}").render_as_string(hide_password=False)
        on.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def setup_link(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The set-up link that a new Kartotek prints when it starts."""
    settings = {
        "KARTOTEK_DATA_DIR": str(tmp_path / "data"),
        "KARTOTEK_SEARCH_INDEX": str(tmp_path / "search_index"),
        "KARTOTEK_BIND": f"127.0.0.1:{free_port()}",
        "KARTOTEK_DATABASE_URL": database_url,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KARTOTEK_")}
    program = subprocess.Popen(
        [sys.executable, "app.py"], cwd=PROJECT, env=inherited | settings, stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        printed = []
        for line in program.stdout:
            printed.append(line)
            found = re.search(r"http://\S+/setup/\S+", line)
            if found:
                break
        else:
            raise AssertionError("no set-up link was printed:\n" + "".join(printed))
        yield found.group()
        program.send_signal(signal.SIGTERM)
    assert program.returncode == 0


def test_set_up_link_leads_to_the_owner_the_first_contact_and_its_first_note(
    setup_link: str, window: OpenPage, watch: Watch, demand_accessible: Callable[[Page], None]
) -> None:
    watch.allow(422, "/setup/")
    watch.allow(404, "/setup/")
    address, _, token = setup_link.partition("/setup/")
    page = window(address)
    page.goto(f"/setup/{token}")
    page.get_by_label("Your name").fill("Nina Newcomer")
    page.get_by_label("E-mail").fill("nina@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".field-error")).to_contain_text("12 characters")
    demand_accessible(page)
    expect(page.get_by_label("E-mail")).to_have_value("nina@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_text("No contacts yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Create contact").last.click()
    page.get_by_label("First name").fill("John")
    page.get_by_label("Last name").fill("Doe")
    page.get_by_label("Email").fill("johndoe@email.com")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="John Doe", level=1)).to_be_visible()

    page.get_by_role("button", name="Activities", exact=True).click()
    page.get_by_role("link", name="Note", exact=True).click()
    body_of(composer(page)).fill("Met at the quixotic fair")
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "quixotic")).to_be_visible()

    page.get_by_role("combobox", name="Search records and activities").fill("quixotic")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_contain_text("Met at the quixotic fair")

    page.get_by_label("Your account: Nina Newcomer").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail").fill("nina@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="John Doe", exact=True)).to_be_visible()

    page.goto(f"/setup/{token}")
    expect(page.get_by_text("404")).to_be_visible()
