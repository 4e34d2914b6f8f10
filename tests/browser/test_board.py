"""Cards of a board are moved by mouse, and by keyboard (SPEC 5.1, QUALITY 4)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.watch import Watch
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline, set_stage


def drag(page: Page, card: str, column: str) -> None:
    """Take a card by its lower edge, where no link is, and let it go over a column, some way into it."""
    start, end = page.locator(card).bounding_box(), page.locator(column).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 30, start["y"] + start["height"] - 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 80, steps=5)
    expect(page.locator(f"{column}[data-drop]")).to_be_visible()
    page.mouse.up()


def test_a_card_is_dragged_to_another_stage_or_goes_back(page: Page, watch: Watch, bob: Viewer) -> None:
    watch.allow(422, "/board/moves")
    pipeline = make_pipeline(forbids_skipping=True)
    deal = make_deal(bob, "Oranges", pipeline=pipeline, dealstage="first", amount=100)
    page.goto(f"/objects/deals?mode=board&pipeline={pipeline}")
    with page.expect_response("**/board/moves?*") as refused:
        drag(page, f"#card-{deal}", "#column-third")
    assert refused.value.status == 422
    expect(page.get_by_text("no stage may be skipped")).to_be_visible()
    expect(page.locator(f"#cards-first #card-{deal}")).to_be_visible()
    with page.expect_response("**/board/moves?*") as moved:
        drag(page, f"#card-{deal}", "#column-second")
    assert moved.value.status == 200
    expect(page.locator(f"#cards-second #card-{deal}[data-version='2']")).to_be_visible()
    expect(page.locator("#board-count-first")).to_contain_text("0")
    expect(page.locator("#board-foot-second")).to_contain_text("$20.00")
    expect(page.locator(f"#move-{deal}")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#cards-first #card-{deal}")).to_be_visible()


def test_a_card_is_moved_by_keyboard_and_the_stage_asks_for_what_it_requires(
    page: Page, watch: Watch, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    watch.allow(422, "/board/moves")
    pipeline = make_pipeline()
    set_stage(pipeline, "second", required=("hs_next_step",))
    deal = make_deal(bob, "Oranges", pipeline=pipeline, dealstage="first")
    page.goto(f"/objects/deals?mode=board&pipeline={pipeline}")
    demand_accessible(page)
    page.locator(f"#move-{deal}").focus()
    page.keyboard.press("Enter")
    stage = page.get_by_role("dialog").get_by_role("button", name="Second")
    expect(stage).to_be_visible()
    stage.press("Enter")
    field = page.get_by_role("dialog").get_by_label("Next step")
    expect(field).to_be_visible()
    field.fill("Send the offer")
    page.keyboard.press("Enter")
    expect(page.locator(f"#cards-second #card-{deal}")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#move-{deal}")).to_be_focused()
    expect(page.locator("crm-toasts")).to_contain_text("Oranges is in “Second” now.")
