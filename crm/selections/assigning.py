"""Giving all records or activities of a selection to one person, in bulk (SPEC 5.1)."""

from collections.abc import Sequence

from crm.accounts.queries import directory
from crm.activities.operations import update_activity
from crm.activities.queries import get_activity
from crm.bulk.registry import Applied, Changed, Settings
from crm.messages import N_, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.queries import get_passport
from crm.records.rows import OWNER, lock_passport
from crm.records.source import SCREEN, Source, SourceKind
from crm.selections.refusals import REFUSALS, SO_ALREADY, Refusals, demand_edit
from crm.selections.selection import read

ASSIGN = "assign_selected"
"""The kind of work in bulk that does it."""

FEW = 25
"""The new owner is told of each of so many, as when somebody gives them one by one; of more they are told of none."""

LABEL = N_("Giving many records to a person")
TITLE = N_("Giving %(objects)s to %(name)s")
TO_NOBODY = N_("Taking the owner away from %(objects)s")


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["selection"]["object_type"])
    if kind is None:
        return Message(LABEL)
    if settings["owner_id"] is None:
        return Message(TO_NOBODY, objects=Lowered(kind.plural_label))
    name = directory().name_of(settings["owner_id"])
    return Message(TITLE, objects=Lowered(kind.plural_label), name=name)


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Give each to the person; what cannot be is counted with its reason."""
    kind = read(settings["selection"]).object_type
    _demand_open(actor, kind)
    source = SCREEN if settings["is_few"] else Source(SourceKind.BULK, str(run_id))
    changes: list[Changed] = []
    refusals = Refusals()
    for record_id in ids:
        try:
            before = _owner_of(actor, kind, record_id)
            if _give(actor, kind, record_id, settings["owner_id"], source):
                changes.append(Changed(record_id, None, {"owner_id": before}))
            else:
                refusals.add_many(SO_ALREADY, 1)
        except REFUSALS as error:
            refusals.add(error)
    return Applied(changes, refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Give each back to whom it was of, unless it has been given to somebody else since."""
    kind = read(settings["selection"]).object_type
    demand_edit(actor, kind)
    _demand_open(actor, kind)
    source = Source(SourceKind.BULK, str(run_id))
    for change in changes:
        try:
            if _owner_of(actor, kind, change.one_id) == settings["owner_id"]:
                _give(actor, kind, change.one_id, change.before["owner_id"], source)
        except REFUSALS:
            continue


def _owner_of(actor: Viewer, kind: ObjectType, record_id: int) -> int | None:
    """Whose it is, nobody else changing it until the unit ends; raises NotFound."""
    lock_passport(record_id)
    seen = get_activity(actor, record_id) if kind.is_activity else get_passport(actor, record_id)
    owner_id: int | None = seen.owner_id
    return owner_id


def _give(actor: Viewer, kind: ObjectType, record_id: int, owner_id: int | None, source: Source) -> bool:
    write = update_activity if kind.is_activity else update_record
    return bool(write(actor, record_id, {OWNER: owner_id}, source=source))


def _demand_open(actor: Viewer, kind: ObjectType) -> None:
    if not kind.property(OWNER).is_open_to(actor):
        raise Forbidden(f"{actor.name} may not write who owns {kind.plural_name}")
