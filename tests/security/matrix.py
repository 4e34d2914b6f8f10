"""Who may do what to which thing, computed from nothing but scopes and owners: the oracle of the generated matrix.

Frank is in a team with Mona; Olaf is in another; some things belong to nobody. Of every object type there is one thing
of each owner, and of every kind of activity one of each owner, on contacts of changing owners.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import PermissionGrant, PermissionSet, Team, UserAccount
from crm.accounts.queries import STAMP, viewer_for
from crm.accounts.sessions import start_session
from crm.activities.types import activity_types
from crm.clock import now
from crm.db import Base, db, end_read, touch, unit_of_work
from crm.files.operations import attach
from crm.files.storage import Deposit
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import SYSTEM, Viewer
from tests.factories import make_activity, make_comment, make_record, relate
from tests.security.world import NAMES

OWNERS = ("frank", "mona", "olaf", None)
WORD = "Mulberry"
TEAMS = {"frank": "Press", "mona": "Press", "olaf": "Orchard"}
# (view, edit, create, delete) in words a permission set has.
COMBINATIONS = (
    ("none", "none", "none", "none"),
    ("own", "own", "own", "own"),
    ("team", "team", "team", "team"),
    ("everything", "everything", "everything", "everything"),
    ("everything", "none", "none", "none"),
    ("everything", "own", "everything", "none"),
    ("team", "own", "own", "team"),
    ("own", "everything", "none", "everything"),
)
VERBS = ("view", "edit", "create", "delete")

Grants = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Thing:
    """A record or an activity; `on` is the record an activity is on."""

    id: int
    kind: str
    owner: str | None
    on: "Thing | None" = None
    comment: int = 0
    file: int = 0


@dataclass
class Orchard:
    """All things, and who is asking."""

    frank: int
    token: str
    permission_set: int
    people: dict[str, int]
    things: list[Thing] = field(default_factory=list)

    @property
    def records(self) -> list[Thing]:
        return [one for one in self.things if one.on is None]

    @property
    def activities(self) -> list[Thing]:
        return [one for one in self.things if one.on is not None]


def is_covered(scope: str, owner: str | None) -> bool:
    """Whether a scope of frank's covers what `owner` has."""
    return {"none": False, "own": owner == "frank", "team": owner in ("frank", "mona"), "everything": True}[scope]


def may(grants: Grants, verb: str, thing: Thing) -> bool:
    """Whether frank may do this to a thing he sees; of what he does not see he may do nothing."""
    covered = is_covered(grants[thing.kind, verb], thing.owner)
    if verb == "view":
        return covered and (thing.on is None or may(grants, "view", thing.on))
    return covered and may(grants, "view", thing)


def expected(grants: Grants, verb: str, thing: Thing, done: int = 200) -> int:
    """The status of an answer: hidden is 404, seen but not to be changed 403."""
    if not may(grants, "view", thing):
        return 404
    return done if may(grants, verb, thing) else 403


def grants_of(turn: int, kinds: list[str]) -> Grants:
    """A permission set in which neighbouring kinds have different rights; over all turns every kind has had all."""
    return {
        (kind, verb): scope
        for place, kind in enumerate(kinds)
        for verb, scope in zip(VERBS, COMBINATIONS[(turn + place) % len(COMBINATIONS)], strict=True)
    }


def plant(deposit: Deposit) -> Orchard:
    """Make people and things, `deposit` attached to every activity; from within an application context."""
    end_read()
    with unit_of_work():
        orchard = _people()
    for number, kind in enumerate(NAMES):
        for place, owner in enumerate(OWNERS):
            orchard.things.append(_record(orchard, kind, owner, f"{number}{place}"))
    contacts = [one for one in orchard.things if one.kind == "contact"]
    for number, activity in enumerate(activity_types):
        for place, owner in enumerate(OWNERS):
            contact = contacts[(number + place) % len(contacts)]
            orchard.things.append(_activity(orchard, activity.name, owner, contact, deposit))
    records = [one.id for one in orchard.records]
    relate(SYSTEM, records[0], *records[1:])
    return orchard


def _people() -> Orchard:
    """Rows and nothing else: the matrix asks what rights mean, not how somebody comes by them."""
    touch(STAMP)
    set_id = _insert(PermissionSet, name="Matrix", is_super_admin=False)
    teams = {name: _insert(Team, name=name) for name in dict.fromkeys(TEAMS.values())}
    people = {
        name: _insert(
            UserAccount,
            name=name.title(),
            email=f"{name}@orchard.example",
            team_id=teams[team],
            permission_set_id=set_id,
            created_at=now(),
        )
        for name, team in TEAMS.items()
    }
    return Orchard(people["frank"], start_session(people["frank"], "tests", "127.0.0.1"), set_id, people)


def _insert(table: type[Base], **values: Any) -> int:
    row = table(**values)
    db.session.add(row)
    db.session.flush()
    return row.id  # type: ignore[attr-defined]


def _record(orchard: Orchard, kind: str, owner: str | None, number: str) -> Thing:
    values = {NAMES[kind]: f"{WORD} {kind} {number}", "hubspot_owner_id": orchard.people.get(owner or "")}
    return Thing(make_record(SYSTEM, kind, **values), kind, owner)


def _activity(orchard: Orchard, kind: str, owner: str | None, contact: Thing, deposit: Deposit) -> Thing:
    frank = viewer_for(orchard.frank)
    values = {"body": f"<p>{WORD} {kind}</p>", "hubspot_owner_id": orchard.people.get(owner or "")}
    made = make_activity(SYSTEM, kind, contact.id, also_on=[], **values)
    end_read()
    with unit_of_work():
        file = attach(SYSTEM, made, deposit)
    author = Viewer(frank.user_id, frank.name, is_super_admin=True)
    object_type = activity_types.get(kind)
    assert object_type is not None
    return Thing(made, object_type.object_type, owner, contact, make_comment(author, made), file)


def give(orchard: Orchard, grants: Grants) -> None:
    """Give frank these rights and no others."""
    rows = [
        {"permission_set_id": orchard.permission_set, "object_type": kind, "verb": Verb(verb), "scope": Scope(scope)}
        for (kind, verb), scope in grants.items()
    ]
    end_read()
    with unit_of_work():
        own = PermissionGrant.permission_set_id == orchard.permission_set
        db.session.execute(sa.delete(PermissionGrant).where(own).execution_options(synchronize_session=False))
        db.session.execute(sa.insert(PermissionGrant), rows)
        touch(STAMP)
    end_read()


def kinds_of(orchard: Orchard) -> list[str]:
    """Every object type there is a thing of, in order."""
    return list(dict.fromkeys(one.kind for one in orchard.things))


def turns(orchard: Orchard) -> Iterator[tuple[int, Grants]]:
    """Every permission set of the matrix."""
    kinds = kinds_of(orchard)
    for turn in range(len(COMBINATIONS)):
        yield turn, grants_of(turn, kinds)
