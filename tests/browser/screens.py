"""Where things are on the screens, in the words a person would use, for all browser tests."""

from playwright.sync_api import Locator, Page, expect


def open_record(page: Page, record_id: int, tab: str = "activities", state: str = "") -> None:
    """Open the record page on a tab; `state` continues the address."""
    page.goto(f"/records/{record_id}?tab={tab}{state}")


def items(page: Page) -> Locator:
    """The activities of the timeline on the screen, without what the program itself wrote there."""
    return page.locator("#timeline .item:not([data-system])")


def item(page: Page, text: str) -> Locator:
    """The activity of the timeline that shows `text`."""
    return items(page).filter(has_text=text)


def title_of(shown: Locator) -> Locator:
    """The line of an activity that opens and closes it."""
    return shown.locator(".item-title a")


def expand(page: Page, text: str) -> Locator:
    """Open the activity that shows `text`."""
    shown = item(page, text)
    title_of(shown).click()
    expect(title_of(shown)).to_have_attribute("aria-expanded", "true")
    return shown


def choose(page: Page, shown: Locator, action: str) -> None:
    """Choose from the Actions menu of an activity."""
    shown.get_by_label("Actions", exact=True).click()
    shown.locator(".menu-item", has_text=action).click()


def composer(page: Page) -> Locator:
    """The panel in which an activity is written."""
    return page.locator("crm-dock.composer")


def body_of(form: Locator) -> Locator:
    """The text of an activity that is being written."""
    return form.locator(".editor-text")


def dialog(page: Page) -> Locator:
    """The open dialog."""
    return page.locator("dialog[open]")


def property_of(page: Page, name: str) -> Locator:
    """The row of a property on the About card."""
    return page.locator(f"#property-{name}")


def focused(page: Page) -> str:
    """What has the focus: its tag and its text."""
    return page.evaluate("`${document.activeElement.localName} ${document.activeElement.textContent.trim()}`")


def demand_focus(page: Page) -> None:
    """The focus is on something: after a swap it has a place."""
    expect(page.locator(":focus")).to_have_count(1)
