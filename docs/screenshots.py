"""Take the pictures of the README from the sample data: `make screenshots`."""

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import chromium_path

PROJECT = Path(__file__).resolve().parent.parent
IMAGES = PROJECT / "docs" / "images"
BIND = "127.0.0.1:8977"
RECORD = ""
"""The address of the record that the pictures show, which is looked for."""
PICTURES = (
    ("record", RECORD, "light", 1280, 860),
    ("record-dark", RECORD, "dark", 1280, 860),
    ("record-phone", RECORD, "light", 360, 780),
    ("board", "/objects/deals?mode=board", "light", 1280, 860),
    ("reports", "/reports", "light", 1280, 860),
)


def main() -> None:
    """Start the demo, sign in with its link, and photograph the record of John Doe and a few other pages."""
    command = [sys.executable, "-m", "crm.demo"]
    environment = os.environ | {"KARTOTEK_BIND": BIND}
    demo = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        link = _sign_in_link(demo)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
            _photograph(browser, link)
            browser.close()
    finally:
        demo.terminate()
        demo.wait(30)


def _sign_in_link(demo: "subprocess.Popen[str]") -> str:
    assert demo.stdout is not None
    for line in demo.stdout:
        found = re.search(r"http://\S+/sign-in/\S+", line)
        if found:
            return found.group()
    raise SystemExit("the demo ended without a sign-in link")


def _photograph(browser: Browser, link: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button").last.click()
    page.wait_for_url("**/objects/contacts")
    page.goto(f"http://{BIND}/objects/contacts?q=johndoe@email.com")
    record = page.locator("tbody th a").first.get_attribute("href")
    for name, address, scheme, width, height in PICTURES:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"http://{BIND}{address or f'{record}?tab=activities'}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
