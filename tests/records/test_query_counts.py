"""What pages cost in queries: within their limits, and the same for few rows and for many (QUALITY 1)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import create_activity, pin
from crm.activities.origin import Origin
from crm.associations.operations import associate
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import create_record
from tests.factories import make_comment, make_contact, make_note
from tests.factories.activities import sample_values
from tests.support.queries import count_queries

RECORD_PAGE, TIMELINE, INDEX = 12, 6, 8
LIMITS = {
    "/records/{id}?tab=overview": RECORD_PAGE,
    "/records/{id}?tab=activities": RECORD_PAGE,
    "/records/{id}/timeline": TIMELINE,
    "/records/{id}/timeline?kind=note&kind=call&q=offer": TIMELINE + 1,
    "/records/{id}/timeline?expanded=all": TIMELINE + 1,
    "/records/{id}/preview": RECORD_PAGE,
    "/objects/contacts": INDEX,
    "/objects/contacts?q=nr&sort=lastname": INDEX,
    "/objects/deals?associated={id}": INDEX,
}
KINDS = ("note", "email", "call", "task", "meeting", "linkedin_message")
NAMES = {"contact": "lastname", "company": "name", "deal": "dealname", "ticket": "subject", "lead": "hs_lead_name"}


def fill(actor: Viewer, contact: int, amount: int) -> None:
    """So many activities and so many associated records of each object."""
    end_read()
    with unit_of_work():
        for number in range(amount):
            kind = KINDS[number % len(KINDS)]
            create_activity(actor, kind, sample_values(kind), contact, Origin(record_ids=[]))
            for object_type, name in NAMES.items():
                associate(actor, contact, create_record(actor, object_type, {name: f"Nr {number}"}))


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact with five of everything, a comment and a pin."""
    made = make_contact(bob)
    fill(bob, made, 5)
    note = make_note(bob, made)
    make_comment(bob, note)
    with unit_of_work():
        pin(bob, made, note)
    return made


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser, who is no super admin: the gate takes part."""
    return client_of(bob)


def cost(browser: FlaskClient, path: str, fragment: bool = False) -> tuple[int, str]:
    """How many queries a page runs, once what is kept in the process is there."""
    browser.get(path, fragment=fragment)
    with count_queries() as queries:
        assert browser.get(path, fragment=fragment).status_code == 200
    return len(queries), str(queries)


def test_pages_keep_to_their_limits_with_five_and_with_fifty(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    few = {path: cost(browser, path.format(id=contact)) for path in LIMITS}
    for path, limit in LIMITS.items():
        amount, queries = few[path]
        assert amount <= limit, f"{path}\n{queries}"
    fill(bob, contact, 45)
    for path, (amount, _) in few.items():
        many, queries = cost(browser, path.format(id=contact))
        assert many == amount, f"{path}\n{queries}"


def test_a_fragment_costs_no_more_than_its_page(browser: FlaskClient, contact: int) -> None:
    for path in (f"/records/{contact}/timeline", "/objects/contacts", f"/records/{contact}?tab=activities"):
        assert cost(browser, path, fragment=True)[0] <= cost(browser, path)[0]
