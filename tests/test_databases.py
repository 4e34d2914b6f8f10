"""What every other test rests on: a database that was put back is the one that was kept."""

import sqlalchemy as sa
from flask import Flask

from crm.accounts.teams import create_team
from crm.db import db, end_read, unit_of_work
from crm.objects.properties import create_property
from crm.permissions.viewer import SYSTEM, Viewer
from tests.conftest import Installation
from tests.factories import make_company, make_contact, make_note, relate
from tests.support.databases import new_name


def everything() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    end_read()
    found = {}
    for name in sa.inspect(db.engine).get_table_names():
        rows = db.session.execute(sa.text(f'SELECT * FROM "{name}"'))
        found[name] = sorted(str(tuple(row)) for row in rows)
    end_read()
    return found


def test_rows_added_changed_and_removed_are_put_back(installation: Installation, bob: Viewer) -> None:
    before = everything()
    first = make_contact(bob)
    relate(bob, first, make_company(bob))
    make_note(bob, first, "<p>Gone</p>")
    end_read()
    with unit_of_work():
        team = create_team(SYSTEM, "East")
        db.session.execute(sa.text("UPDATE user_account SET team_id = :team"), {"team": team})
        db.session.execute(sa.text("DELETE FROM stamp"))
    assert everything() != before
    installation.restore()
    assert everything() == before
    assert make_contact(bob) == first


def test_tables_changed_are_put_back(installation: Installation, app: Flask) -> None:
    before = everything()
    end_read()
    with unit_of_work():
        create_property("contact", "Shoe size", "number", "contact")
    assert everything() != before
    installation.restore()
    assert everything() == before


def test_an_installation_that_is_made_once_more_has_an_address_of_its_own() -> None:
    """What was remembered of the first (who has which id, what its pages hold) is not taken for the second's."""
    assert new_name("sqlite") != new_name("sqlite")
