"""What a reader may not see changes no group, number, axis or address of a report (QUALITY 3)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_contact, make_deal

SignIn = Callable[[Viewer], FlaskClient]
ASKED = (
    "object=deals&group=dealstage&measure=sum:amount&shape=funnel",
    "object=deals&group=dealname&order=largest",
    "object=deals&group=hubspot_owner_id&by=closedate&by-step=day",
    "object=deals&group=amount_in_home_currency&measure=average:amount",
    "object=calls&group=outcome",
    "object=calls&group=activity_date&step=year&shape=line",
)


@pytest.mark.parametrize("asked", ASKED)
def test_report_is_the_same_whatever_others_have(
    asked: str, bob: Viewer, charlie: Viewer, client_of: SignIn, clock: object
) -> None:
    make_deal(bob, "Mine", amount=Decimal(3), dealstage="contractsent", pipeline="default")
    make_call(bob, make_contact(bob, "Ada Berg"), outcome="BUSY")
    browser = client_of(bob)
    before = browser.get(f"/reports/new?{asked}").text
    for number in range(25):
        make_deal(charlie, f"Theirs {number}", amount=Decimal(9_000_000), deal_currency_code="PLN")
    make_deal(charlie, "Won", amount=Decimal(9_000_000), dealstage="closedwon", pipeline="default")
    make_call(charlie, make_contact(charlie, "Bert Holm"), outcome="CONNECTED")
    after = browser.get(f"/reports/new?{asked}").text
    assert _without_keys(before) == _without_keys(after)


def _without_keys(text: str) -> str:
    """A page without what is another one each time it is shown."""
    return "\n".join(line for line in text.splitlines() if "csrf" not in line and 'name="key"' not in line)
