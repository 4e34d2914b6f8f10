"""What holds of every database of Kartotek after every transaction, whoever was killed in the middle of what."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm.db import db, end_read
from crm.files.storage import FileStore
from crm.records.values import display_name, type_of
from crm.search.terms import terms_of
from tests.durability.snapshot import Snapshot

LINKED = "activity"


def broken(snapshot: Snapshot, has_bulk: bool = False) -> list[str]:
    """Every invariant that does not hold, in words; the database's own checks included.

    With `has_bulk` some rows were written past the operations, which leave more behind than they need.
    """
    rules = [rule for rule in RULES if not (has_bulk and rule in NOT_OF_BULK)]
    faults = [f"{rule.__name__}: {fault}" for rule in rules for fault in rule(snapshot)]
    return [*faults, *_of_the_file()]


def passports_equal_bodies(snapshot: Snapshot) -> Iterator[str]:
    """Each record is in two tables, which say the same."""
    for record_id, record in snapshot.records.items():
        row = snapshot.values.get(record_id)
        if row is None:
            yield f"{record_id} has a passport and no row"
            continue
        kind = snapshot.kinds[record["object_type"]]
        values = {name: row[prop.column_name] for name, prop in kind.properties.items()}
        told = (record["owner_id"], record["archived_at"], record["display_name"])
        found = (row["owner_id"], row["archived_at"], display_name(kind, values))
        if told[:2] != found[:2] or (not kind.is_activity and told[2] != found[2]):
            yield f"{record_id}: passport {told}, row {found}"
    yield from (f"{one} has a row and no passport" for one in snapshot.values.keys() - snapshot.records.keys())


def history_ends_at_the_value(snapshot: Snapshot) -> Iterator[str]:
    """The last entry of each history is the present value, and its version the record's."""
    last: dict[tuple[int, str], Any] = {}
    versions: dict[int, int] = {}
    for row in snapshot.tables["property_history"]:
        last[row["record_id"], row["property_name"]] = row
        versions[row["record_id"]] = max(versions.get(row["record_id"], 1), row["version"])
    for (record_id, name), row in last.items():
        prop = snapshot.kinds[snapshot.records[record_id]["object_type"]].properties[name]
        value = type_of(prop).to_history(snapshot.values[record_id][prop.column_name])
        if value != row["new"]:
            yield f"{name} of {record_id} is {value!r}, its history says {row['new']!r}"
    for record_id, version in versions.items():
        if snapshot.records[record_id]["version"] != version:
            yield f"{record_id} is at version {snapshot.records[record_id]['version']}, its history at {version}"


def records_have_history(snapshot: Snapshot) -> Iterator[str]:
    """A record writes history from its first value on, and tells its making on its timeline."""
    told = {row["record_id"] for row in snapshot.tables["property_history"]}
    for record_id, record in snapshot.records.items():
        if not snapshot.kinds[record["object_type"]].is_activity and record_id not in told:
            yield f"{record_id} has no history"


def timeline_equals_links(snapshot: Snapshot) -> Iterator[str]:
    """A live activity has one entry on each record it is on, a deleted one none; and it is on one at least."""
    links = snapshot.activity_links()
    entries: dict[int, Counter[int]] = defaultdict(Counter)
    for row in snapshot.tables["timeline_entry"]:
        if row["activity_id"] is not None:
            entries[row["activity_id"]][row["record_id"]] += 1
    for record_id, record in snapshot.records.items():
        if not snapshot.kinds[record["object_type"]].is_activity:
            continue
        wanted = Counter(links[record_id]) if record["archived_at"] is None else Counter()
        if entries[record_id] != wanted:
            yield f"activity {record_id} is on {dict(wanted)}, its entries on {dict(entries[record_id])}"
        if not links[record_id]:
            yield f"activity {record_id} is on no record"


def associations_go_both_ways(snapshot: Snapshot) -> Iterator[str]:
    """Each link has its way back, told by the same person at the same moment."""
    inverse = {row["id"]: row["inverse_id"] for row in snapshot.tables["association_type"]}
    rows = snapshot.tables["association"]
    known = {_association(row): (row["source"], row["actor_id"], row["moment"]) for row in rows}
    for (one, type_id, other), facts in known.items():
        if known.get((other, inverse[type_id], one)) != facts:
            yield f"{one} -> {other} ({type_id}) has no way back"


def companies_have_one_primary(snapshot: Snapshot) -> Iterator[str]:
    """A record with live companies has exactly one primary company among them."""
    types = {row["id"]: row for row in snapshot.tables["association_type"]}
    plain: dict[int, set[int]] = defaultdict(set)
    primary: dict[int, set[int]] = defaultdict(set)
    for row in snapshot.tables["association"]:
        kind = types[row["type_id"]]
        is_live = snapshot.records[row["to_record_id"]]["archived_at"] is None
        if kind["to_object"] == "company" and kind["from_object"] != "company" and is_live:
            (primary if kind["is_primary"] else plain)[row["from_record_id"]].add(row["to_record_id"])
    for record_id, companies in plain.items():
        if len(primary[record_id]) != 1 or not primary[record_id] <= companies:
            yield f"{record_id} has the companies {companies}, primary {primary[record_id]}"


def link_history_ends_at_the_links(snapshot: Snapshot) -> Iterator[str]:
    """What the history of links adds up to is what is linked."""
    types = snapshot.tables["association_type"]
    names = {row["id"]: row["name"] for row in types}
    back = {row["name"]: names[row["inverse_id"]] for row in types} | {LINKED: LINKED}

    def link(one: int, other: int, relation: str) -> tuple[int, int, str]:
        return (one, other, relation) if one < other else (other, one, back[relation])

    linked = {link(row["activity_id"], row["record_id"], LINKED) for row in snapshot.tables["activity_link"]}
    for row in snapshot.tables["association"]:
        linked.add(link(row["from_record_id"], row["to_record_id"], names[row["type_id"]]))
    told: Counter[tuple[int, int, str]] = Counter()
    for row in snapshot.tables["link_history"]:
        told[link(row["record_id"], row["other_id"], row["relation"])] += 1 if row["change"] == "added" else -1
    for way in linked | told.keys():
        if told[way] != (way in linked):
            yield f"{way} is {'' if way in linked else 'not '}linked, its history adds up to {told[way]}"


def words_equal_values(snapshot: Snapshot) -> Iterator[str]:
    """Every live record, and no other, is found by the words it holds."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in snapshot.tables["record_term"]:
        found[row["record_id"]].add(row["term"])
    for record_id, record in snapshot.records.items():
        kind = snapshot.kinds[record["object_type"]]
        row = snapshot.values[record_id]
        values = {name: row[prop.column_name] for name, prop in kind.properties.items()}
        is_found = record["archived_at"] is None and not kind.is_activity
        wanted = terms_of(kind, values) if is_found else set()
        if found[record_id] != wanted:
            yield f"{record_id} is found by {sorted(found[record_id])}, holds {sorted(wanted)}"


def deletions_are_told(snapshot: Snapshot) -> Iterator[str]:
    """Of each deleted record or activity, and of no other, it is known who deleted it; merging is no deletion."""
    told = {row["record_id"]: row["moment"] for row in snapshot.tables["record_deletion"]}
    for record_id, record in snapshot.records.items():
        if record["merged_into_id"] is None and record["archived_at"] != told.get(record_id):
            yield f"{record_id} was deleted at {record['archived_at']}, its deletion says {told.get(record_id)}"


def unique_values_are_unique(snapshot: Snapshot) -> Iterator[str]:
    """No two live records of an object share what must be unique."""
    for kind in snapshot.kinds.values():
        rows = [row for row in snapshot.objects[kind.name] if row["archived_at"] is None]
        for prop in kind.properties.values():
            if prop.unique and prop.column_name in (rows[0] if rows else ()):
                counted = Counter(row[prop.column_name] for row in rows if row[prop.column_name] is not None)
                yield from (f"{count} times {value!r} as {prop.name}" for value, count in counted.items() if count > 1)


def every_activity_was_told_to_search(snapshot: Snapshot) -> Iterator[str]:
    """The outbox of SQLite names every activity there is; in PostgreSQL the save itself writes what search reads."""
    if db.engine.dialect.name == "postgresql":
        return
    told = {row["activity_id"] for row in snapshot.tables["search_outbox"]}
    for record_id, record in snapshot.records.items():
        if snapshot.kinds[record["object_type"]].is_activity and record_id not in told:
            yield f"activity {record_id} is not in the outbox"


def keys_of_forms_lead_somewhere(snapshot: Snapshot) -> Iterator[str]:
    """A key is remembered together with what its form made."""
    for row in snapshot.tables["form_key"]:
        number = row["location"].rpartition("/")[2]
        if not number.isdigit() or int(number) not in snapshot.records:
            yield f"{row['key']} leads to {row['location']!r}"


def imports_account_for_their_rows(snapshot: Snapshot) -> Iterator[str]:
    """What an import says of its rows is there, and there alone; the position is that of its last row."""
    made = Counter(row["record_id"] for row in snapshot.tables["import_row"] if row["outcome"] == "created")
    yield from (f"import row of {one}, which is not there" for one in made.keys() - snapshot.records.keys())
    yield from (f"{count} import rows made {one}" for one, count in made.items() if count > 1)
    rows: Counter[int] = Counter(row["run_id"] for row in snapshot.tables["import_row"])
    for run in snapshot.tables["import_run"]:
        if (run["position"] > 0) != (rows[run["id"]] > 0):
            yield f"run {run['id']} is at {run['position']} with {rows[run['id']]} rows"


RULES: tuple[Callable[[Snapshot], Iterator[str]], ...] = (
    passports_equal_bodies,
    history_ends_at_the_value,
    records_have_history,
    timeline_equals_links,
    associations_go_both_ways,
    companies_have_one_primary,
    link_history_ends_at_the_links,
    words_equal_values,
    deletions_are_told,
    unique_values_are_unique,
    every_activity_was_told_to_search,
    keys_of_forms_lead_somewhere,
    imports_account_for_their_rows,
)

NOT_OF_BULK = (records_have_history, every_activity_was_told_to_search, link_history_ends_at_the_links)


def broken_files(snapshot: Snapshot, data_dir: Path) -> list[str]:
    """Attachments whose bytes are missing from the disk or are not theirs."""
    store = FileStore(data_dir / "files")
    faults = []
    for row in snapshot.tables["stored_file"]:
        path = store.path(row["sha256"])
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            faults.append(f"file {row['sha256']} is missing or damaged")
    return faults


def _of_the_file() -> list[str]:
    """What SQLite itself says of its file; PostgreSQL keeps foreign keys at all times."""
    if db.engine.dialect.name != "sqlite":
        return []
    end_read()
    try:
        found = [str(one) for one in db.session.scalars(sa.text("PRAGMA integrity_check")) if one != "ok"]
        orphans = db.session.execute(sa.text("PRAGMA foreign_key_check")).all()
        return found + [f"points to nothing: {tuple(row)}" for row in orphans]
    finally:
        end_read()


def _association(row: Any) -> tuple[int, int, int]:
    return row["from_record_id"], row["type_id"], row["to_record_id"]
