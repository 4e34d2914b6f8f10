"""What the same pages cost with as little as possible around them, on the same data; each is served like Kartotek.

`static_answer` is Flask alone; `raw_page` is sqlite3 and Jinja with a record page, its timeline, an index page;
`benchmarks/floor_orm.py` has the record page and the note of SQLAlchemy's ORM. What they show stands in
`benchmarks/floor_templates.py`. What a program knows anyway (labels, names of users, association types) is read once.
"""

import os
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, request

from benchmarks.floor_templates import by_month, index_template, preview, record_template, timeline_template, when

NEWEST, UPCOMING, ROWS, CARDS = 30, 10, 25, 5
TABLES = ("note", "call", "email", "task", "meeting", "communication", "postal_mail")
TITLED = frozenset({"call", "email", "task", "meeting"})
ABOUT = ("email", "phone", "owner_id", "notes_last_contacted", "lifecyclestage", "hs_lead_status", "hs_buying_role",
         "hs_marketable_status", "created_at")  # fmt: skip
SUBTITLE = ("jobtitle", "email", "phone")
COLUMNS = ("email", "phone", "owner_id", "company", "notes_last_updated", "hs_lead_status", "created_at")
CARD_COLUMNS = {
    "contact": ("email", "phone", "jobtitle"),
    "company": ("domain", "phone", "owner_id"),
    "deal": ("amount", "closedate", "dealstage"),
    "ticket": ("hs_pipeline_stage", "created_at", "hs_ticket_priority"),
    "lead": ("hs_pipeline_stage", "hs_lead_label", "owner_id"),
}
MOMENTS = frozenset({"created_at", "notes_last_contacted", "notes_last_updated", "closedate"})
LAST_LETTER = "\U0010ffff"

DATABASE = os.environ.get("BENCH_DATABASE", "")
Row = dict[str, Any]

static_answer = Flask("static_answer")


@static_answer.get("/page")
def _static() -> str:
    return "ok"


raw_page = Flask("raw_page")
_connection: sqlite3.Connection | None = None


def _connected() -> sqlite3.Connection:
    global _connection
    if _connection is None:
        _connection = sqlite3.connect(DATABASE, check_same_thread=False)
        _connection.row_factory = sqlite3.Row
    return _connection


def _rows(statement: str, *values: Any) -> list[Row]:
    return [dict(row) for row in _connected().execute(statement, values)]


def _marks(values: Any) -> str:
    return ",".join("?" * len(values))


@cache
def known() -> tuple[dict[Any, str], dict[str, str], dict[str, str], dict[str, int]]:
    """Names of users, labels of columns and of choices, ids of association types."""
    users: dict[Any, str] = {row["id"]: row["name"] for row in _rows("SELECT id, name FROM user_account")}
    labels = {row["column_name"]: row["label"] for row in _rows("SELECT column_name, label FROM property")}
    choices = {row["value"]: row["label"] for row in _rows("SELECT value, label FROM property_option")}
    types = {row["name"]: row["id"] for row in _rows("SELECT id, name FROM association_type")}
    return users, labels, choices, types


def shown(columns: tuple[str, ...], row: Any) -> list[tuple[str, Any]]:
    """Label and value of the columns of a row, as people read them."""
    users, labels, choices, _types = known()
    pairs = []
    for column in columns:
        value = row[column]
        if value is not None:
            value = users.get(value) if column == "owner_id" else when(value) if column in MOMENTS else value
        pairs.append((labels[column], choices.get(value, value) if isinstance(value, str) else value))
    return pairs


def titled(entries: list[Row], types: dict[int, str], texts: dict[int, Row], comments: dict[int, int]) -> list[Row]:
    """Entries with what a line of the timeline says."""
    users = known()[0]
    for entry in entries:
        key = entry["activity_id"]
        text = texts.get(key, {})
        entry["title"] = f"{types.get(key, entry['kind'])} by {users.get(entry['owner_id'], 'somebody')}"
        entry["heading"], entry["preview"] = text.get("title"), preview(text.get("body"))
        entry["when"], entry["comments"] = when(entry["moment"]), comments.get(key, 0)
    return entries


def _timeline(record_id: int, kind: str | None) -> list[tuple[str, list[Row]]]:
    columns = "id, moment, kind, activity_id, owner_id, is_open"
    chosen, given = ("AND kind = ?", [kind]) if kind else ("", [])
    moment = datetime.now(UTC).isoformat(" ")[:26]
    to_come = "is_open AND (kind = 'task' OR moment > ?)"
    past = _rows(
        f"SELECT {columns} FROM timeline_entry WHERE record_id = ? {chosen} AND NOT ({to_come}) "
        "ORDER BY moment DESC, id DESC LIMIT ?", record_id, *given, moment, NEWEST,
    )  # fmt: skip
    upcoming = _rows(
        f"SELECT {columns} FROM timeline_entry WHERE record_id = ? {chosen} AND is_open = 1 AND {to_come} "
        "ORDER BY moment, id LIMIT ?", record_id, *given, moment, UPCOMING,
    )  # fmt: skip
    ids = [entry["activity_id"] for entry in past + upcoming if entry["activity_id"]]
    marks = _marks(ids)
    types = {
        row["id"]: row["object_type"]
        for row in _rows(f"SELECT id, object_type FROM record WHERE id IN ({marks})", *ids)
    }
    wanted: dict[str, list[int]] = defaultdict(list)
    for key, name in types.items():
        wanted[name].append(key)
    texts: dict[int, Row] = {}
    for name, keys in wanted.items():
        title = "title" if name in TITLED else "NULL AS title"
        found = _rows(f"SELECT record_id, {title}, body FROM object_{name} WHERE record_id IN ({_marks(keys)})", *keys)
        texts |= {row["record_id"]: row for row in found}
    counted = f"SELECT activity_id, count(*) AS n FROM comment WHERE activity_id IN ({marks}) GROUP BY 1"
    comments = {row["activity_id"]: row["n"] for row in _rows(counted, *ids)}
    return by_month(titled(upcoming, types, texts, comments), titled(past, types, texts, comments))


def _associated(record_id: int) -> list[tuple[str, int, list[Row]]]:
    sections = []
    for name, columns in CARD_COLUMNS.items():
        given = record_id, known()[3][f"contact_to_{name}"]
        source = (
            "FROM association JOIN record ON record.id = to_record_id "
            "WHERE from_record_id = ? AND type_id = ? AND record.archived_at IS NULL"
        )
        cards = _rows(
            f"SELECT record.id, display_name, {', '.join('body.' + column for column in columns)} "
            f"{source.replace('WHERE', f'JOIN object_{name} AS body ON body.record_id = record.id WHERE')} "
            "ORDER BY to_record_id DESC LIMIT ?", *given, CARDS,
        )  # fmt: skip
        for card in cards:
            card["facts"] = shown(columns, card)
        sections.append((name, _rows(f"SELECT count(*) AS n {source}", *given)[0]["n"], cards))
    return sections


@raw_page.get("/page")
def _record() -> str:
    record_id = int(request.args["id"])
    name = _rows("SELECT display_name FROM record WHERE id = ? AND archived_at IS NULL", record_id)[0]["display_name"]
    contact = _rows("SELECT * FROM object_contact WHERE record_id = ?", record_id)[0]
    primary = record_id, known()[3]["contact_to_company_primary"]
    companies = _rows(
        "SELECT record.id, display_name FROM association JOIN record ON record.id = to_record_id "
        "WHERE from_record_id = ? AND type_id = ?", *primary,
    )  # fmt: skip
    return record_template.render(
        id=record_id,
        name=name,
        subtitle=[contact[column] for column in SUBTITLE],
        company=companies[0] if companies else None,
        about=shown(ABOUT, contact),
        months=_timeline(record_id, None),
        sections=_associated(record_id),
    )


@raw_page.get("/timeline")
def _timeline_alone() -> str:
    return timeline_template.render(months=_timeline(int(request.args["id"]), request.args.get("kind")))


@raw_page.get("/index")
def _index() -> str:
    q, sort = request.args.get("q", ""), "lower(lastname)" if "sort" in request.args else "created_at DESC"
    where, given = "archived_at IS NULL", []
    if q:
        where += " AND record_id IN (SELECT record_id FROM record_term WHERE term >= ? AND term < ?)"
        given = [q, q + LAST_LETTER]
    columns = ", ".join(COLUMNS)
    rows = _rows(
        f"SELECT record_id AS id, firstname, lastname, {columns} FROM object_contact WHERE {where} "
        f"ORDER BY {sort}, record_id DESC LIMIT ?", *given, ROWS,
    )  # fmt: skip
    for row in rows:
        row["name"] = f"{row['firstname'] or ''} {row['lastname'] or ''}".strip()
        row["cells"] = shown(COLUMNS, row)
    count = _rows(f"SELECT count(*) AS n FROM (SELECT 1 FROM object_contact WHERE {where} LIMIT 10001)", *given)[0]["n"]
    labels = ["Name", *(known()[1][column] for column in COLUMNS)]
    return index_template.render(name="Contacts", q=q, labels=labels, rows=rows, count=count)


def make_fts(source: str, target: str) -> None:
    """Copy the texts of all activities of database `source` into a full-text table of database `target`."""
    with sqlite3.connect(target) as connection:
        connection.execute("CREATE VIRTUAL TABLE texts USING fts5(body, tokenize='unicode61 remove_diacritics 2')")
        connection.execute("ATTACH ? AS source", [source])
        for table in TABLES:
            columns = {row[1] for row in connection.execute(f"PRAGMA source.table_info(object_{table})")}
            text = "coalesce(title, '') || ' ' || coalesce(body, '')" if "title" in columns else "coalesce(body, '')"
            connection.execute(f"INSERT INTO texts (rowid, body) SELECT record_id, {text} FROM source.object_{table}")
