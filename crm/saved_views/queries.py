"""Finding views: the one that an address names, those that stand as tabs, and all that a person may use (SPEC 5.3)."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from crm.accounts.sharing import Visibility
from crm.db import db
from crm.folding import folded_words
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.saved_views.shelf import VIEW, default_keys, read_row, saved_views
from crm.saved_views.standard import standard_views
from crm.saved_views.view import SavedView, View

TABS = "view_tabs"
"""The preference that keeps a person's own tabs: the keys of the views, by object."""
LONGEST_KEY = 9
After = tuple[str, int]


class ViewGone(NotFound):
    """There is no view of that key, or it is hidden; `kind` is the object whose index page was asked for."""

    def __init__(self, kind: ObjectType, key: str) -> None:
        super().__init__(f"no view {key!r} of {kind.plural_name}")
        self.kind = kind


def find_view(viewer: Viewer, kind: ObjectType, key: str) -> View:
    """The view called `key`; raises ViewGone where there is none that the viewer may see."""
    found = find_views(viewer, kind, [key])
    if not found:
        raise ViewGone(kind, key)
    return found[0]


def find_views(viewer: Viewer, kind: ObjectType, keys: Iterable[str]) -> list[View]:
    """Those of these views that the viewer may use, each once; those that are gone or hidden are left out."""
    wanted = list(dict.fromkeys(keys))
    known: dict[str, View] = {view.key: view for view in standard_views(kind)}
    for one in saved_views(_id_of(key) for key in wanted if key not in known and _id_of(key)).values():
        if one.object_type == kind.name and one.may_use(viewer):
            known[one.key] = one
    return [known[key] for key in wanted if key in known]


def tabs_of(viewer: Viewer, kind: ObjectType) -> list[View]:
    """The views that stand as tabs for this person, the one that is opened on entry first.

    They are those the person chose, else those an administrator chose for everybody, else the standard ones.
    """
    for keys in (own_tab_keys(viewer, kind), default_keys(kind.name)):
        if keys and (found := find_views(viewer, kind, keys)):
            return found
    return standard_views(kind)


def own_tab_keys(viewer: Viewer, kind: ObjectType) -> Sequence[str]:
    """The keys of the tabs that a person chose; none as long as they have not changed anything."""
    chosen = viewer.preferences.get(TABS)
    keys = chosen.get(kind.name) if isinstance(chosen, dict) else None
    return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


def default_tabs_of(kind: ObjectType) -> list[View]:
    """The tabs that an administrator chose, of those that are still for everyone; without any the standard ones."""
    known: dict[str, View] = {view.key: view for view in standard_views(kind)}
    keys = default_keys(kind.name)
    shared = saved_views(_id_of(key) for key in keys if _id_of(key)).values()
    found = known | {one.key: one for one in shared if one.is_for_everyone}
    return [found[key] for key in keys if key in found] or list(known.values())


def get_view(viewer: Viewer, kind: ObjectType, view_id: int, is_deleted: bool = False) -> SavedView:
    """A saved one that the viewer may use, or a deleted one; raises ViewGone."""
    state = VIEW.c.deleted_at.is_not(None) if is_deleted else VIEW.c.deleted_at.is_(None)
    mine = sa.select(VIEW).where(VIEW.c.id == _number(view_id), VIEW.c.object_type == kind.name, state)
    row = db.session.execute(mine).first()
    found = read_row(row) if row is not None else None
    if found is None or not found.may_use(viewer):
        raise ViewGone(kind, str(view_id))
    return found


def changeable_view(actor: Viewer, kind: ObjectType, view_id: int, is_deleted: bool = False) -> SavedView:
    """One that a person may change; raises NotFound, Forbidden."""
    found = get_view(actor, kind, view_id, is_deleted)
    if not found.may_change(actor):
        raise Forbidden(f"view {view_id} belongs to somebody else")
    return found


def views_for(
    viewer: Viewer, kind: ObjectType, q: str = "", limit: int = 50, after: After | None = None
) -> list[SavedView]:
    """The saved views of an object that a person may use and whose names have all words of `q`, by name.

    `after` is the folded name and the id of the last one that was shown.
    """
    statement = sa.select(VIEW).where(VIEW.c.object_type == kind.name, VIEW.c.deleted_at.is_(None), open_to(viewer))
    for word in folded_words(q):
        statement = statement.where(VIEW.c.folded_name.contains(word, autoescape=True))
    if after is not None:
        last = sa.tuple_(after[0], _number(after[1]))
        statement = statement.where(sa.tuple_(VIEW.c.folded_name, VIEW.c.id) > last)
    ordered = statement.order_by(VIEW.c.folded_name, VIEW.c.id).limit(limit)
    return [read_row(row) for row in db.session.execute(ordered)]


def shared_with_everyone(kind: ObjectType, limit: int) -> list[SavedView]:
    """The saved views of an object that are for everyone, by name."""
    shared = (VIEW.c.object_type == kind.name, VIEW.c.visibility == Visibility.EVERYONE.value)
    found = sa.select(VIEW).where(*shared, VIEW.c.deleted_at.is_(None)).order_by(VIEW.c.folded_name, VIEW.c.id)
    return [read_row(row) for row in db.session.execute(found.limit(limit))]


def all_live_views(limit: int | None = None) -> list[SavedView]:
    """Every saved view of every object, whoever may see it: for what must know where something is used."""
    found = sa.select(VIEW).where(VIEW.c.deleted_at.is_(None), VIEW.c.object_type.in_(list(schema().types)))
    return [read_row(row) for row in db.session.execute(found.order_by(VIEW.c.folded_name, VIEW.c.id).limit(limit))]


def open_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition for saved views that a person may use, as SavedView.may_use says it."""
    shared = VIEW.c.visibility != Visibility.PRIVATE.value
    if viewer.is_super_admin:
        return sa.or_(VIEW.c.owner_id == viewer.user_id, shared)
    in_team = sa.and_(VIEW.c.visibility == Visibility.TEAM.value, VIEW.c.team_id == viewer.team_id)
    everyones = VIEW.c.visibility == Visibility.EVERYONE.value
    return sa.or_(VIEW.c.owner_id == viewer.user_id, everyones, *([in_team] if viewer.team_id is not None else []))


def _id_of(key: str) -> int:
    """The id that a key is, 0 for one that is none."""
    return int(key) if key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY and key[0] != "0" else 0


def _number(sent: int) -> sa.ColumnElement[int]:
    """A number that may be larger than any id of a view: PostgreSQL takes offence at it as one."""
    return sa.literal(sent, sa.BigInteger())
