"""The pages of the settings: accessible in the light and in the dark, and usable on a phone (QUALITY 4)."""

from collections.abc import Callable

from playwright.sync_api import Page

from crm.accounts.operations import SALES_TEAM, permission_set_id
from crm.permissions.viewer import Viewer
from crm.settings.registry import settings_pages
from tests.browser.conftest import OpenPage
from tests.browser.test_phone import FINGER, PHONE

DETAILS = (
    "/settings",
    "/settings/profile/two-factor",
    "/settings/users/new",
    "/settings/users/{user}",
    "/settings/users/{user}/deactivation",
    "/settings/objects/new",
    "/settings/objects/contacts",
    "/settings/auto-associations/contacts/rule",
    "/settings/auto-associations/contacts/past?target=deal",
    "/settings/teams/{team}",
    "/settings/permission-sets/{permission_set}",
)
TARGETS = ".settings-page :is(.button, .input, .settings-home, .settings-row form button)"


def addresses(bob: Viewer) -> list[str]:
    """Every page of the registry, new ones included, and the pages behind them."""
    values = {"user": bob.user_id, "team": bob.team_id, "permission_set": permission_set_id(SALES_TEAM)}
    return [page.url for page in settings_pages] + [one.format(**values) for one in DETAILS]


def test_axe_finds_nothing_serious(
    page_of: OpenPage, alice: Viewer, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(alice)
    for address in addresses(bob):
        page.goto(address)
        demand_accessible(page)


def test_nothing_scrolls_sideways_on_a_phone_and_a_finger_hits(page_of: OpenPage, alice: Viewer, bob: Viewer) -> None:
    page = page_of(alice, viewport=PHONE, has_touch=True, is_mobile=True)
    for address in addresses(bob):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{address} is {width} px wide"
        small = page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
            .filter(one => one.offsetParent && one.type !== 'checkbox')
            .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect().height])
            .filter(([name, height]) => height < 44)""".replace("44", str(FINGER)),
            TARGETS,
        )
        assert not small, f"{address}: {small}"


def test_the_picture_of_the_data_model_begins_in_its_middle_on_a_phone(page_of: OpenPage, alice: Viewer) -> None:
    page = page_of(alice, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/settings/data-model")
    beside = "box => [box.scrollLeft, box.scrollWidth - box.clientWidth - box.scrollLeft]"
    left, right = page.locator(".model-box").evaluate(beside)
    assert left > 50
    assert abs(left - right) <= 1
