"""Files dropped on the card of a record: sent at once, listed, and removed after a question (REC-44)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.factories import make_contact

DROP = """(zone, files) => {
  const transfer = new DataTransfer();
  for (const [name, size] of files) transfer.items.add(new File([new Uint8Array(size)], name));
  const over = new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true });
  const drop = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  return [zone.dispatchEvent(over), zone.hasAttribute("data-over"), zone.dispatchEvent(drop)];
}"""
MEGABYTE = 1024 * 1024


def test_rec_44_files_are_dropped_on_the_card_and_removed_after_a_question(page: Page, bob: Viewer) -> None:
    page.goto(f"/records/{make_contact(bob)}")
    card = page.locator("#card-attachments")
    zone = card.locator("crm-dropzone")
    assert zone.evaluate(DROP, [["film.mp4", 20 * MEGABYTE + 1]]) == [False, True, False]
    expect(card.get_by_text("One of the files is larger than 20 MB.")).to_be_visible()
    page.evaluate(
        """() => document.addEventListener("htmx:xhr:progress", () => {
          window.seen = [...(window.seen ?? []), document.querySelector("#attach progress")?.value];
        })"""
    )
    zone.evaluate(DROP, [["first.txt", 10], ["second.bin", 2 * MEGABYTE]])
    expect(card.locator(".attachment")).to_have_count(2)
    assert page.evaluate("window.seen.length") > 0
    card.get_by_role("link", name="Remove first.txt").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card.locator(".attachment")).to_have_count(1)
    expect(card.get_by_role("link", name="second.bin", exact=True)).to_be_visible()
    card.locator("input[type=file]").set_input_files([{"name": "third.txt", "mimeType": "text/plain", "buffer": b"3"}])
    expect(card.locator(".attachment")).to_have_count(2)
