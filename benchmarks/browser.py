"""The first page in a real browser with an empty cache: requests, bytes over the wire, layout shift (QUALITY 1)."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.installation import COOKIE
from benchmarks.server import Server
from tests.support.chromium import chromium_path

SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 1000);
})"""


@dataclass(frozen=True)
class FirstPage:
    """What a browser fetched for a page, and how far its parts moved while it was put together."""

    requests: int
    kilobytes: float
    layout_shift: float


def first_page(server: Server, path: str, token: str) -> FirstPage | None:
    """Open a page in Chromium; None where there is none."""
    chromium = chromium_path()
    if chromium is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": COOKIE, "value": token, "url": server.address}])
        page = context.new_page()
        sizes: list[float] = []
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(_size(event)))
        page.goto(server.address + path, wait_until="networkidle")
        shift = page.evaluate(SHIFTS)
        browser.close()
    return FirstPage(len(sizes), sum(sizes) / 1000, shift)


def _size(event: dict[str, Any]) -> float:
    return float(event["encodedDataLength"])
