"""Making, changing and giving out the layouts of record pages, for people with the right to (SPEC 1.7).

Every operation runs inside a unit of work, and raises Forbidden for people without the right.
"""

from collections.abc import Collection

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, touch
from crm.layouts.content import to_text
from crm.layouts.differences import told_changes
from crm.layouts.editing import refused, short
from crm.layouts.layout import RecordLayout
from crm.layouts.models import LayoutDraft, RecordLayoutRow, RecordLayoutTeam
from crm.layouts.reading import STAMP
from crm.layouts.stored import DEFAULT, DEFAULT_NAME, StoredLayout, stored_layout, stored_layouts, team_names
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.properties.types.cleaning import clean_line

MOST_LAYOUTS = 50
NAME_MISSING = N_("Enter a name.")
NAME_TAKEN = N_("There is a view of this name already.")
TOO_MANY = N_("An object has at most %(limit)s views.")
DEFAULT_STAYS = N_("The default view keeps its name and is seen by everybody without a view of their own.")
NO_SUCH_TEAM = N_("There is no such team.")


def demand_right(actor: Viewer) -> None:
    """Raise Forbidden for people who may not change layouts."""
    if not actor.has_right(AccountRight.CUSTOMIZE_LAYOUT):
        raise Forbidden(f"{actor.name} may not change layouts")


def create_layout(
    actor: Viewer, object_type: ObjectType, name: str, layout: RecordLayout, copied_from: str = ""
) -> int:
    """Keep a new layout, seen by nobody so far, and return its id. Raises InvalidLayout."""
    _begin(actor)
    if len(stored_layouts(object_type)) > MOST_LAYOUTS:
        raise refused(TOO_MANY, limit=MOST_LAYOUTS)
    name = _checked_name(object_type, name)
    layout_id = _insert(actor, object_type, name, layout, is_default=False)
    details = {"object": object_type.plural_label, "copied_from": copied_from}
    record(actor, Action.LAYOUT_CREATED, About(Kind.RECORD_LAYOUT, layout_id, name), details)
    touch(STAMP)
    return layout_id


def free_name(object_type: ObjectType, name: str) -> str:
    """`name`, with a number after it where it is taken."""
    taken = {one.name.casefold() for one in stored_layouts(object_type)}
    names = (name if number == 1 else f"{name} {number}" for number in range(1, MOST_LAYOUTS + 2))
    return next((one for one in names if one.casefold() not in taken), name)


def rename_layout(actor: Viewer, object_type: ObjectType, layout_id: int, name: str) -> None:
    """Give a layout another name. Raises NotFound, InvalidLayout."""
    _begin(actor)
    found = _of_a_team(object_type, layout_id)
    name = _checked_name(object_type, name, but_for=layout_id)
    if name != found.name:
        _update(layout_id, name=name)
        _told(actor, object_type, found, {"name": f"{found.name} → {name}"})


def give_layout(actor: Viewer, object_type: ObjectType, layout_id: int, team_ids: Collection[int]) -> None:
    """Let the people of these teams see the layout, and of no others. Raises NotFound, InvalidLayout.

    Teams that had another one leave it; those that had this one go back to the default.
    """
    _begin(actor)
    found = _of_a_team(object_type, layout_id)
    wanted = frozenset(team_ids)
    if not wanted <= set(directory().teams):
        raise refused(NO_SUCH_TEAM, "teams")
    if wanted == found.team_ids:
        return
    given = RecordLayoutTeam.__table__
    own = sa.or_(given.c.layout_id == layout_id, given.c.team_id.in_(wanted))
    db.session.execute(sa.delete(given).where(given.c.object_type == object_type.name, own))
    for team_id in sorted(wanted):
        row = {"object_type": object_type.name, "team_id": team_id, "layout_id": layout_id}
        db.session.execute(sa.insert(given).values(row))
    before, after = ", ".join(team_names(found.team_ids)), ", ".join(team_names(wanted))
    _told(actor, object_type, found, {"teams": f"{before or '–'} → {after or '–'}"})


def delete_layout(actor: Viewer, object_type: ObjectType, layout_id: int) -> None:
    """Delete a layout; its teams see the default one again. Raises NotFound, InvalidLayout."""
    _begin(actor)
    found = _of_a_team(object_type, layout_id)
    _forget_drafts(object_type, layout_id)
    db.session.execute(sa.delete(RecordLayoutTeam).where(RecordLayoutTeam.layout_id == layout_id))
    db.session.execute(sa.delete(RecordLayoutRow).where(RecordLayoutRow.id == layout_id))
    details = {"object": object_type.plural_label, "teams": ", ".join(team_names(found.team_ids))}
    record(actor, Action.LAYOUT_DELETED, About(Kind.RECORD_LAYOUT, layout_id, found.name), details)
    touch(STAMP)


def reset_default(actor: Viewer, object_type: ObjectType) -> None:
    """Let the default layout be what the program has again; nothing happens where it is."""
    _begin(actor)
    found = stored_layout(object_type, DEFAULT)
    if not found.is_changed:
        return
    row = RecordLayoutRow
    db.session.execute(sa.delete(row).where(row.object_type == object_type.name, row.is_default))
    after = stored_layout(object_type, DEFAULT)
    details = {"object": object_type.plural_label, "changes": told_changes(found.layout, after.layout)}
    record(actor, Action.LAYOUT_RESET, About(Kind.RECORD_LAYOUT, DEFAULT, DEFAULT_NAME), details)
    touch(STAMP)


def store_layout(actor: Viewer, object_type: ObjectType, layout_id: int, layout: RecordLayout) -> None:
    """Keep another content of a layout, which everybody who has it sees at once. Raises NotFound."""
    _begin(actor)
    found = stored_layout(object_type, layout_id)
    if to_text(found.layout) == to_text(layout):
        return
    if not found.is_default:
        _update(layout_id, **_content(actor, layout), version=RecordLayoutRow.version + 1)
    elif found.is_changed:
        default = RecordLayoutRow.object_type == object_type.name, RecordLayoutRow.is_default
        changed = _content(actor, layout) | {"version": RecordLayoutRow.version + 1}
        db.session.execute(sa.update(RecordLayoutRow).where(*default).values(changed))
    else:
        _insert(actor, object_type, "", layout, is_default=True)
    _told(actor, object_type, found, {"changes": told_changes(found.layout, layout)})


def _begin(actor: Viewer) -> None:
    """Let those who change layouts do so one after the other."""
    demand_right(actor)
    touch(STAMP)


def _of_a_team(object_type: ObjectType, layout_id: int) -> StoredLayout:
    found = stored_layout(object_type, layout_id)
    if found.is_default:
        raise refused(DEFAULT_STAYS)
    return found


def _checked_name(object_type: ObjectType, name: str, but_for: int | None = None) -> str:
    name = short(clean_line(name), "name")
    if not name:
        raise refused(NAME_MISSING, "name")
    if any(one.name.casefold() == name.casefold() for one in stored_layouts(object_type) if one.id != but_for):
        raise refused(NAME_TAKEN, "name")
    return name


def _content(actor: Viewer, layout: RecordLayout) -> dict[str, object]:
    return {"content": to_text(layout), "changed_at": now(), "changed_by_id": actor.user_id}


def _insert(actor: Viewer, object_type: ObjectType, name: str, layout: RecordLayout, is_default: bool) -> int:
    values = _content(actor, layout) | {
        "object_type": object_type.name,
        "name": name,
        "is_default": is_default,
        "version": 1,
    }
    return db.session.execute(sa.insert(RecordLayoutRow).values(values).returning(RecordLayoutRow.id)).scalar_one()


def _update(layout_id: int, **values: object) -> None:
    db.session.execute(sa.update(RecordLayoutRow).where(RecordLayoutRow.id == layout_id).values(values))


def _told(actor: Viewer, object_type: ObjectType, about: StoredLayout, details: dict[str, str]) -> None:
    entry = About(Kind.RECORD_LAYOUT, about.id, about.name)
    record(actor, Action.LAYOUT_CHANGED, entry, {"object": object_type.plural_label} | details)
    touch(STAMP)


def _forget_drafts(object_type: ObjectType, layout_id: int) -> None:
    draft = LayoutDraft
    mine = draft.object_type == object_type.name, draft.layout_id == layout_id
    db.session.execute(sa.delete(draft).where(*mine))
