"""Putting a PostgreSQL database back to what it was by undoing what was written, without copying all of it.

The rows of every table are kept in a second schema, and triggers note which tables are written to: by whom, from which
process and through which cascade does not matter. What cannot be undone that way is said, and then copied whole.
"""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

SCHEMA = "kept"
LOCK_TIMEOUT_MS = 3_000
"""Somebody who still holds a row is thrown out by the copy; nobody has to wait for him longer than this."""

PREPARE = f"""
DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;
CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}."/written" (name text NOT NULL);
CREATE FUNCTION {SCHEMA}.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
$$ BEGIN INSERT INTO {SCHEMA}."/written" VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
"""

KEEP = """
CREATE TABLE {kept} AS TABLE {table};
CREATE TRIGGER kept_note AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.note();
"""

TABLES = """
SELECT t.relname,
    (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    coalesce((SELECT array_agg(a.attname::text) FROM pg_index i JOIN pg_attribute a
        ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = t.oid AND i.indisprimary), '{}'),
    coalesce((SELECT array_agg(DISTINCT p.relname::text) FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid
        WHERE c.conrelid = t.oid AND c.contype = 'f' AND p.oid <> t.oid), '{}'),
    EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal)
FROM pg_class t WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' ORDER BY t.relname
"""

SHAPE = """
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT sum(oid::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT sum(a.xmin::text::bigint) FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
        WHERE t.relnamespace = 'public'::regnamespace),
    (SELECT sum(oid::bigint) FROM pg_constraint), (SELECT sum(oid::bigint) FROM pg_attrdef),
    (SELECT sum(oid::bigint + xmin::text::bigint) FROM pg_proc WHERE oid >= 16384),
    (SELECT sum(oid::bigint + ascii(tgenabled::text)) FROM pg_trigger WHERE NOT tgisinternal)
"""

WRITTEN = f"""
SELECT name, pg_relation_size(format('public.%I', name)::regclass)
FROM (SELECT DISTINCT name FROM {SCHEMA}."/written") t
"""

GROWN = 1_000_000
"""A table of so many bytes is emptied whole: rows that were deleted in it are still in the way of those who read it."""

SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"


@dataclass(frozen=True)
class Table:
    """What has to be known of a table to put its rows back."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    parents: frozenset[str]
    has_triggers: bool
    is_empty: bool


class NotUndone(Exception):
    """The database has changed in a way that only a copy takes back."""


@dataclass
class Snapshot:
    """The content of one database at the moment of `take`."""

    _tables: dict[str, Table] = field(default_factory=dict)
    _shape: object = None
    _sequences: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    _is_quiet: bool = False

    @classmethod
    def take(cls, connection: psycopg.Connection) -> "Snapshot":
        """Keep what is there, inside the database itself, so that copies of it can be put back too."""
        connection.execute(PREPARE)
        found = connection.execute(TABLES).fetchall()
        made = cls()
        for name, columns, key, parents, has_triggers in found:
            kept, table = sql.Identifier(SCHEMA, name), sql.Identifier("public", name)
            connection.execute(sql.SQL(KEEP).format(kept=kept, table=table, schema=sql.Identifier(SCHEMA)))
            if key:
                keys = sql.SQL(", ").join(map(sql.Identifier, key))
                connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(kept, keys))
            first = connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(kept)).fetchone()
            made._tables[name] = Table(
                name, tuple(columns), tuple(key), frozenset(parents), has_triggers, first is None
            )
        made._shape = connection.execute(SHAPE).fetchone()
        made._sequences = _sequences(connection)
        (made._is_quiet,) = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        return made

    def put_back(self, connection: psycopg.Connection) -> None:
        """Undo what was written since `take`; raises NotUndone, with nothing changed, when that cannot be done."""
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                connection.execute("SET LOCAL synchronous_commit = off")
                if connection.execute(SHAPE).fetchone() != self._shape:
                    raise NotUndone("the tables are not those that were kept")
                self._put_rows_back(connection)
                self._put_sequences_back(connection)
        except psycopg.Error as error:
            raise NotUndone(str(error)) from error

    def _put_rows_back(self, connection: psycopg.Connection) -> None:
        noted = connection.execute(WRITTEN).fetchall()
        written = {name for name, _size in noted}
        if not written:
            return
        if self._is_quiet and all(size < GROWN for _name, size in noted):
            self._put_rows_back_quietly(connection, written)
            return
        emptied = self._with_children(written)
        guarded = [name for name in sorted(written | emptied) if self._tables[name].has_triggers]
        steps = [_switch(name, "DISABLE") for name in guarded]
        if emptied:
            steps.append(_truncate(sorted(emptied)))
        changed = [self._tables[name] for name in self._parents_first() if name in written - emptied]
        if any(not table.key for table in changed):
            raise NotUndone("a table without a key was changed")
        steps += [_bring_back(table) for table in changed]
        steps += [_undo_changes(table) for table in changed]
        steps += [_take_out(table) for table in reversed(changed)]
        steps += [_switch(name, "ENABLE") for name in guarded]
        steps.append(sql.SQL(f'TRUNCATE {SCHEMA}."/written"'))
        connection.execute(sql.SQL(";\n").join(steps))

    def _put_rows_back_quietly(self, connection: psycopg.Connection, written: set[str]) -> None:
        """The same row by row, which a superuser can do past foreign keys and triggers.

        Emptying tables and switching triggers takes longer, and makes every connection read the catalog again.
        """
        changed = [self._tables[name] for name in sorted(written) if not self._tables[name].is_empty]
        if any(not table.key for table in changed):
            raise NotUndone("a table without a key was changed")
        steps = [sql.SQL("SET LOCAL session_replication_role = replica")]
        steps += [
            sql.SQL("DELETE FROM {}").format(sql.Identifier("public", name))
            for name in sorted(written)
            if self._tables[name].is_empty
        ]
        for table in changed:
            steps += [_bring_back(table), _undo_changes(table), _take_out(table)]
        steps.append(sql.SQL(f'DELETE FROM {SCHEMA}."/written"'))
        connection.execute(sql.SQL(";\n").join(steps))

    def _with_children(self, written: set[str]) -> set[str]:
        """The written tables that were empty and can be emptied again; with those that refer to them, if empty too."""
        emptied: set[str] = set()
        for name in written:
            family = self._family(name)
            if all(self._tables[one].is_empty for one in family):
                emptied |= family
        return emptied

    def _family(self, name: str) -> set[str]:
        family, new = {name}, {name}
        while new:
            new = {one.name for one in self._tables.values() if one.parents & new} - family
            family |= new
        return family

    def _parents_first(self) -> list[str]:
        order: list[str] = []
        waiting = dict(self._tables)
        while waiting:
            ready = [name for name, table in waiting.items() if not table.parents & waiting.keys()]
            for name in ready or list(waiting):
                order.append(name)
                del waiting[name]
        return order

    def _put_sequences_back(self, connection: psycopg.Connection) -> None:
        now = _sequences(connection)
        for name, (start, last) in self._sequences.items():
            if now.get(name) != (start, last):
                where = sql.Literal(sql.Identifier("public", name).as_string(connection))
                value = sql.Literal(start if last is None else last)
                connection.execute(sql.SQL("SELECT setval({}, {}, {})").format(where, value, last is not None))


def _sequences(connection: psycopg.Connection) -> dict[str, tuple[int, int | None]]:
    return {name: (start, last) for name, start, last in connection.execute(SEQUENCES).fetchall()}


def _switch(name: str, how: str) -> sql.Composed:
    """Tables that refuse to be changed are put back all the same."""
    return sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier("public", name), sql.SQL(how))


def _truncate(names: list[str]) -> sql.Composed:
    tables = sql.SQL(", ").join(sql.Identifier("public", name) for name in names)
    return sql.SQL("TRUNCATE {}").format(tables)


def _columns(table: Table, alias: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, column) for column in table.columns)


def _same_key(table: Table) -> sql.Composed:
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier("now", column), sql.Identifier("was", column)) for column in table.key
    )


def _fill(text: str, table: Table) -> sql.Composed:
    return sql.SQL(text).format(
        table=sql.Identifier("public", table.name),
        kept=sql.Identifier(SCHEMA, table.name),
        names=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        now=_columns(table, "now"),
        was=_columns(table, "was"),
        same_key=_same_key(table),
    )


def _bring_back(table: Table) -> sql.Composed:
    return _fill(
        "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {was} FROM {kept} was"
        " WHERE NOT EXISTS (SELECT FROM {table} now WHERE {same_key})",
        table,
    )


def _undo_changes(table: Table) -> sql.Composed:
    return _fill(
        "UPDATE {table} now SET ({names}) = ROW ({was}) FROM {kept} was"
        " WHERE {same_key} AND ROW ({was})::text <> ROW ({now})::text",
        table,
    )


def _take_out(table: Table) -> sql.Composed:
    return _fill("DELETE FROM {table} now WHERE NOT EXISTS (SELECT FROM {kept} was WHERE {same_key})", table)
