"""Making a record together with its links (SPEC 3, 6.1)."""

from collections.abc import Collection, Mapping
from typing import Any

from crm.associations.company_of_domain import add_company_of_domain
from crm.associations.labelling import checked_labels
from crm.associations.operations import demand_connected, link_locked
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.operations import check_passport, create_record
from crm.records.rows import lock_passport, lock_passports
from crm.records.source import SCREEN, Source


def create_linked(
    actor: Viewer,
    object_type: str,
    values: Mapping[str, Any],
    other_ids: Collection[int] = (),
    source: Source = SCREEN,
    labels: Mapping[int, Collection[int]] | None = None,
) -> int:
    """Make a record, link it to others in this order, and a contact also to the company of its domain.

    `labels` are, by the other's id, types that lead from the new record to it. Returns its id. Needs view on the
    others, and edit either on them or on the new record; no view on that, which may belong to somebody whose records
    the actor does not see. Raises like `create_record`, and NotFound, Forbidden, InvalidValue for objects that are not
    connected and for what is no label of theirs, LimitReached.
    """
    locked = lock_passports(other_ids)
    others = [check_passport(actor, locked.get(other_id), other_id, Verb.VIEW) for other_id in dict.fromkeys(other_ids)]
    for other in others:
        demand_connected(object_type, other.object_type)
    record_id = create_record(actor, object_type, values, source)
    made = lock_passport(record_id)
    if made is None:
        raise NotFound("the new record is gone")
    if not actor.covers(object_type, Verb.EDIT, made.owner_id):
        for other in others:
            check_passport(actor, other, other.id, Verb.EDIT)
    for other in others:
        known = checked_labels(object_type, other.object_type, (labels or {}).get(other.id, ()))
        link_locked(actor, made, other, source, labels=known)
    if object_type == "contact":
        add_company_of_domain(actor, record_id, values)
    return record_id
