"""The pages that are measured, and the queries each costs."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from benchmarks.installation import COOKIE, Facts
from crm.db import db

FRAGMENT = {"HX-Request": "true"}
NOT_QUERIES = ("PRAGMA", "BEGIN", "SET ", "COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Page:
    """A page: its name in the table, its address, the queries it may cost, and the floor that shows the same."""

    name: str
    path: str
    budget: int
    floor: str
    is_fragment: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return FRAGMENT if self.is_fragment else {}


def pages(facts: Facts) -> list[Page]:
    """What is measured on an installation with these facts."""
    average, big = facts.average_id, facts.big_id
    record, timeline = f"/page?id={average}", f"/timeline?id={average}"
    return [
        Page("record page, overview", f"/records/{average}?tab=overview", 12, record),
        Page("record page, activities", f"/records/{average}?tab=activities", 12, record),
        Page("the same, largest record", f"/records/{big}?tab=activities", 12, f"/page?id={big}"),
        Page("timeline", f"/records/{average}/timeline", 6, timeline, is_fragment=True),
        Page("the same, largest record", f"/records/{big}/timeline", 6, f"/timeline?id={big}", is_fragment=True),
        Page(
            "timeline, calls only, largest record",
            f"/records/{big}/timeline?kind=call",
            6,
            f"/timeline?id={big}&kind=call",
            is_fragment=True,
        ),
        Page("index page", "/objects/contacts", 8, "/index"),
        Page("index page, searched and sorted", "/objects/contacts?q=anna&sort=lastname", 8, "/index?q=anna&sort=1"),
    ]


def count_queries(app: Flask, page: Page, facts: Facts) -> int:
    """How many queries the application makes for a page, once its caches are warm."""
    browser = app.test_client()
    browser.set_cookie(COOKIE, facts.token)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_QUERIES):
            seen.append(statement)

    browser.get(page.path, headers=page.headers)
    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get(page.path, headers=page.headers)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)
