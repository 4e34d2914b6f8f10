"""GET and HEAD write nothing: not a row, not a file, and they do not even begin a unit of work."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm.db import db
from tests.security.crawl import Address, Crawl, crawl
from tests.support.queries import count_queries

if TYPE_CHECKING:
    from tests.security.site import Site

WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRUNCATE")

Look = Callable[[str, TestResponse], None]


def faults(site: "Site", starts: Iterable[str], name: str = "alice") -> list[str]:
    """Every address that changes something when it is read, starting from `starts` and following all links."""
    return walk(site, starts, name).faults


def walk(site: "Site", starts: Iterable[str], name: str) -> Crawl:
    """Read everything `starts` lead to, and the heads of `starts`; the crawl knows what should not have happened."""
    addresses, found, browser = list(starts), [], site.browser(name)
    with _watched(site, found) as look:
        read = crawl(browser, addresses, lambda address, answer: look(str(address), answer))
        for path in addresses:
            answer = browser.head(path)
            look(f"HEAD {path}", answer)
            known = read.answers[Address(path)]
            if answer.status_code != known.status or answer.get_data():
                found.append(f"HEAD {path} answers {answer.status_code}, GET {known.status}")
            answer.close()
    read.faults.extend(found)
    return read


@contextmanager
def _watched(site: "Site", found: list[str]) -> Iterator[Look]:
    commits: list[object] = []

    def committed(connection: object) -> None:
        commits.append(connection)

    def look(where: str, answer: TestResponse) -> None:
        if changed := site.state.changes():
            found.append(f"{where} changed {changed}")
        if commits:
            found.append(f"{where} ran a unit of work")
        if written := [text for text in queries if text.lstrip().upper().startswith(WRITES)]:
            found.append(f"{where} wrote: {written}")
        if answer.status_code == 500:
            found.append(f"{where} answers {answer.status_code}")
        queries.clear()
        commits.clear()

    sa.event.listen(db.engine, "commit", committed)
    try:
        with count_queries() as queries:
            yield look
    finally:
        sa.event.remove(db.engine, "commit", committed)
