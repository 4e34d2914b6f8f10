"""The visibility gate (DESIGN 6): every read of records and what hangs on them decides here who may see it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from crm.db import Base
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.statements import one_of

GUARDED = frozenset(
    {
        "record",
        "record_deletion",
        "association",
        "activity_deletion",
        "activity_link",
        "link_history",
        "timeline_entry",
        "comment",
        "attachment",
        "property_history",
        "stage_visit",
        "record_follower",
        "list_member",
        "notification",
        "mention",
    }
)
OBJECT_TABLE_PREFIX = "object_"
NOT_GUARDED = frozenset({"object_type"})
DECISION = "kartotek_gate"

Statement = TypeVar("Statement", bound=sa.Executable)


class UnguardedSelect(RuntimeError):
    """A Select reads guarded tables without saying who may see the answer."""


def visible_to(
    viewer: Viewer,
    record: Any = None,
    verb: Verb = Verb.VIEW,
    object_types: Iterable[str] | None = None,
) -> sa.ColumnElement[bool]:
    """The condition that holds for live rows of the passport table `record` on which `viewer` may `verb`.

    `record` is the `record` table or an alias of it; `object_types` narrows the question to those types.
    """
    passport = Base.metadata.tables["record"].c if record is None else getattr(record, "c", record)
    wanted = None if object_types is None else {name: name for name in object_types}
    return sa.and_(
        passport.archived_at.is_(None),
        covered(viewer, verb, passport.object_type, passport.owner_id, wanted),
    )


def covered(
    viewer: Viewer,
    verb: Verb,
    type_column: Any,
    owner_column: Any,
    types: Mapping[str, str] | None = None,
) -> sa.ColumnElement[bool]:
    """The condition that `verb` is granted for the object type and owner a row names.

    `types` maps the values of `type_column` to object types; None means that the column holds object types.
    """
    if viewer.is_super_admin:
        return sa.true() if types is None else one_of(type_column, sorted(types))
    if types is None:
        types = {name: name for name, granted in viewer.scopes if granted is verb}
    values: dict[Scope, list[str]] = {}
    for value, object_type in sorted(types.items()):
        values.setdefault(viewer.scope(object_type, verb), []).append(value)
    branches = []
    if Scope.EVERYTHING in values:
        branches.append(one_of(type_column, values[Scope.EVERYTHING]))
    if Scope.TEAM in values:
        members = sorted(viewer.team_member_ids | {viewer.user_id or 0})
        branches.append(sa.and_(one_of(type_column, values[Scope.TEAM]), one_of(owner_column, members)))
    if Scope.OWN in values:
        branches.append(sa.and_(one_of(type_column, values[Scope.OWN]), owner_column == (viewer.user_id or 0)))
    return sa.or_(*branches) if branches else sa.false()


def rows_visible_to(
    viewer: Viewer, object_type: str, table: sa.Table, verb: Verb = Verb.VIEW
) -> sa.ColumnElement[bool]:
    """The same condition on the object's own table, for pages that read one object type only."""
    live = table.c.archived_at.is_(None)
    scope = viewer.scope(object_type, verb)
    if scope is Scope.EVERYTHING:
        return live
    if scope is Scope.TEAM:
        return sa.and_(live, one_of(table.c.owner_id, sorted(viewer.team_member_ids | {viewer.user_id or 0})))
    return sa.and_(live, table.c.owner_id == viewer.user_id) if scope is Scope.OWN else sa.false()


def activity_visible_to(viewer: Viewer, record: Any = None) -> sa.ColumnElement[bool]:
    """The condition that an activity's passport row may be seen: its type, and one record it is on (DESIGN 6)."""
    activity = Base.metadata.tables["record"] if record is None else record
    return sa.and_(visible_to(viewer, activity), on_visible_record(viewer, activity))


def on_visible_record(viewer: Viewer, record: Any = None) -> sa.ColumnElement[bool]:
    """The condition that an activity, deleted or not, is on a record the viewer may see."""
    tables = Base.metadata.tables
    activity = tables["record"] if record is None else record
    link = tables["activity_link"].alias()
    linked = tables["record"].alias()
    return (
        sa.select(sa.literal(1))
        .select_from(link.join(linked, linked.c.id == link.c.record_id))
        .where(link.c.activity_id == getattr(activity, "c", activity).id, visible_to(viewer, linked))
        .correlate(activity)
        .exists()
    )


def activity_open_to(viewer: Viewer, record: Any = None) -> sa.ColumnElement[bool]:
    """The condition that an activity's passport row may be opened: those it shows, and what is left on no live record.

    Only super admins are shown those, so that they can put them on a record again or delete them (SPEC 8.1).
    """
    return visible_to(viewer, record) if viewer.is_super_admin else activity_visible_to(viewer, record)


def guarded(statement: Statement, _viewer: Viewer) -> Statement:
    """Mark a Select whose conditions already limit it to what the viewer may see."""
    return statement.execution_options(**{DECISION: "viewer"})  # type: ignore[return-value]


def unguarded(statement: Statement, reason: str) -> Statement:
    """Mark a Select whose answer never reaches a person as it is; `reason` says why."""
    return statement.execution_options(**{DECISION: reason})  # type: ignore[return-value]


def is_guarded_table(name: str) -> bool:
    """Whether rows of table `name` need a decision on who may see them."""
    return name in GUARDED or (name.startswith(OBJECT_TABLE_PREFIX) and name not in NOT_GUARDED)


@sa.event.listens_for(Session, "do_orm_execute")
def _refuse_undecided(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or DECISION in state.execution_options:
        return
    for element in visitors.iterate(state.statement):
        if isinstance(element, sa.Table) and is_guarded_table(element.name):
            raise UnguardedSelect(f"a Select over {element.name!r} carries no decision: use guarded() or unguarded()")
