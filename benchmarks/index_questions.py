"""What is asked of a million contacts: the address of our page, and the best SQL of somebody who writes it by hand.

Each question has several ways to be asked in SQL, of which the quickest counts: with the index that is there or past
it, in two statements or in one. All of them show the same rows, and count to the same bound.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm.records.queries import COUNT_LIMIT

ROWS = 50
SHOWN = (
    "record_id, owner_id, email, phone, company, notes_last_updated, hs_lead_status, created_at, firstname, lastname"
)
BY_NAME = "lower(substr(lastname, 1, 100)) IS NULL, lower(substr(lastname, 1, 100)), record_id"
BY_DAY, PAST_THE_INDEX = "created_at DESC, record_id DESC", "+created_at DESC, record_id DESC"
STAGE, SINCE = "lead", "2024-08-24"
STAGES = ("lead", "subscriber", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "evangelist", "other",
          "customer")  # fmt: skip

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Question:
    """One question: the arguments of our address, the conditions by hand with their values, and orders to try."""

    name: str
    arguments: Sequence[tuple[str, str]]
    conditions: str
    values: tuple[Any, ...]
    orders: Sequence[str]
    goal: float

    @property
    def path(self) -> str:
        """Our page."""
        return f"/objects/contacts?{urlencode(self.arguments)}"

    def path_of(self, place: str, **more: str) -> str:
        """Something about that page, such as its exact count."""
        return f"/objects/contacts/{place}?{urlencode([*self.arguments, *more.items()])}"

    @property
    def by_hand(self) -> Sequence[Sequence[Statement]]:
        """The ways to ask for the rows and for how many there are, by hand: each one statement or two."""
        where = f"FROM object_contact WHERE archived_at IS NULL AND {self.conditions}"
        count = f"SELECT count(*) FROM (SELECT 1 {where} LIMIT {COUNT_LIMIT + 1})"
        ways: list[Sequence[Statement]] = []
        for order in self.orders:
            rows = f"SELECT {SHOWN} {where} ORDER BY {order} LIMIT {ROWS + 1}"
            ways.append(((rows, self.values), (count, self.values)))
            ways.append((_at_once(where, order, self.values),))
        return ways

    @property
    def counted_by_hand(self) -> Statement:
        """How many rows there are, to the last one."""
        return f"SELECT count(*) FROM object_contact WHERE archived_at IS NULL AND {self.conditions}", self.values


def _at_once(where: str, order: str, values: tuple[Any, ...]) -> Statement:
    """Rows and count from one look at the table, which is kept."""
    found = f"WITH found AS MATERIALIZED (SELECT record_id AS id, created_at AS day, lastname AS name {where})"
    count = f"(SELECT count(*) FROM (SELECT 1 FROM found LIMIT {COUNT_LIMIT + 1}))"
    inner = order.replace("created_at", "day").replace("lastname", "name").replace("record_id", "id")
    page = f"SELECT id FROM found ORDER BY {inner} LIMIT {ROWS + 1}"
    columns = f"{SHOWN}, {count}"
    return f"{found} SELECT {columns} FROM object_contact WHERE record_id IN ({page}) ORDER BY {order}", values


TWO_FILTERS = Question(
    "Two filters and a sort by name",
    [
        ("filter", f"lifecyclestage:any:{STAGE}"),
        ("filter", f"notes_last_contacted:after:{SINCE}"),
        ("sort", "lastname"),
    ],
    "lifecyclestage = ? AND notes_last_contacted >= ?",
    (STAGE, "2024-08-25 00:00:00.000000"),
    [BY_NAME],
    3,
)


def _containing(name: str, text: str) -> Question:
    asked, orders = [("filter", f"company:contains:{text}")], [BY_DAY, PAST_THE_INDEX]
    return Question(name, asked, "company LIKE ?", (f"%{text}%",), orders, 2)


QUESTIONS = (
    TWO_FILTERS,
    _containing("A text that few have", "(777)"),
    _containing("A text that hundreds have", "Brewery 1021"),
    _containing("A text that thousands have", "Brewery"),
)


def vary(connection: sqlite3.Connection) -> None:
    """Give the contacts stages, days when they were last spoken to, companies with a number in brackets; once."""
    if connection.execute("SELECT 1 FROM object_contact WHERE lifecyclestage = ?", STAGES[1:2]).fetchone():
        return
    chance = "(record_id * 2654435761 >> %d)"
    stages = " ".join(f"WHEN {place} THEN '{stage}'" for place, stage in enumerate(STAGES))
    day = f"created_at, '-' || ({chance % 13} % 900) || ' days'"
    connection.execute(
        f"UPDATE object_contact SET lifecyclestage = CASE {chance % 9} % {len(STAGES)} {stages} END, "
        f"notes_last_contacted = strftime('%Y-%m-%d %H:%M:%S.000000', {day}), "
        "company = company || ' (' || (record_id % 30000) || ')'"
    )
    connection.commit()


def answer(connection: sqlite3.Connection, way: Sequence[Statement]) -> tuple[list[int], int]:
    """The ids of the rows of a page, and the count, as one way of asking has them."""
    found = [connection.execute(*statement).fetchall() for statement in way]
    count = found[1][0][0] if len(found) > 1 else (found[0][0][-1] if found[0] else 0)
    return [row[0] for row in found[0]], count
