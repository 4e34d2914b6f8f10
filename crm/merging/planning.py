"""What a merge will make of two records: the preview shows this plan, and the write carries it out (SPEC 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crm.derived.graph import derivation_graph
from crm.merging.errors import CannotMerge
from crm.merging.rules import Outcome, decide
from crm.merging.rules.together import leader_of
from crm.merging.sides import MERGED_IDS, SEPARATOR, Pair, Which, is_empty, merged_ids, read_moments
from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.identifiers import identified_by
from crm.records.queries import RecordRow, get_record
from crm.records.rows import OWNER

MOST_MERGED = 250
ITSELF = N_("A record cannot be merged with itself.")
OTHER_OBJECT = N_("Only records of the same object can be merged.")
NO_RIGHT = N_("You may not edit both of these records.")
TOO_MANY = N_("At most %(limit)s records can become one; these would be %(count)s.")
COMPUTED = N_("It is computed anew.")
NOT_SHOWN = frozenset({"hs_object_id", "lastmodifieddate", MERGED_IDS})

Choices = Mapping[str, Which]


@dataclass(frozen=True)
class PlannedValue:
    """One property: what both have, what the merged record gets, why, and whether a person may choose.

    `taken` is whose value it is, None when it is made of both or computed.
    """

    prop: Property
    primary: Any
    secondary: Any
    value: Any
    reason: str
    taken: Which | None
    may_be_chosen: bool
    is_computed: bool = False

    @property
    def is_decided(self) -> bool:
        """Whether there was anything to decide: the two differ, or the merged record gets what neither has."""
        return bool(self.primary != self.secondary or self.value != self.primary)


@dataclass(frozen=True)
class MergePlan:
    """Two records and what becomes of them; made for a person who may edit both."""

    kind: ObjectType
    primary: RecordRow
    secondary: RecordRow
    rows: tuple[PlannedValue, ...]
    merged_ids: tuple[int, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The values of the merged record by property name, but for its own dates and id."""
        found = {row.prop.name: row.value for row in self.rows if row.prop.name != "createdate"}
        if MERGED_IDS in self.kind.properties:
            found[MERGED_IDS] = SEPARATOR.join(map(str, self.merged_ids))
        return found

    @property
    def owner_id(self) -> int | None:
        """Who owns the merged record."""
        return self.values.get(OWNER) if OWNER in self.kind.properties else self.primary.owner_id

    @property
    def created_at(self) -> datetime:
        """When the older of the two was made."""
        return min(record.values["createdate"] for record in (self.primary, self.secondary))

    @property
    def version(self) -> int:
        """The version of the merged record: later than any that the histories of the two tell of."""
        return max(self.primary.version, self.secondary.version) + 1

    @property
    def stages_of(self) -> RecordRow:
        """The record whose stage, and way to it, the merged one goes on from."""
        stage = self.kind.stage_property
        row = next((row for row in self.rows if stage is not None and row.prop.name == stage.name), None)
        return self.secondary if row is not None and row.taken is Which.SECONDARY else self.primary


def plan(viewer: Viewer, primary_id: int, secondary_id: int, choices: Choices | None = None) -> MergePlan:
    """What becomes of two records when `viewer` merges them; `choices` say whose value, by property name.

    Raises NotFound for a hidden one, Forbidden for a primary record that may not be edited, CannotMerge with the
    reason for everything else. Changes nothing. A fixed number of queries.
    """
    primary = get_record(viewer, primary_id, Verb.EDIT)
    if primary_id == secondary_id:
        raise CannotMerge(ITSELF)
    try:
        secondary = get_record(viewer, secondary_id, Verb.EDIT)
    except Forbidden:
        raise CannotMerge(NO_RIGHT) from None
    properties = primary.type.properties.values()
    closed = frozenset(one.name for one in properties if one.editors is not None and not one.is_open_to(viewer))
    return plan_of(primary, secondary, choices or {}, closed)


def plan_of(
    primary: RecordRow, secondary: RecordRow, choices: Choices, closed: frozenset[str] = frozenset()
) -> MergePlan:
    """The plan for two records that were read through the gate; raises CannotMerge.

    Of the properties in `closed` nobody chooses the value: the rule of merging does (SPEC 2.4).
    """
    if primary.object_type != secondary.object_type:
        raise CannotMerge(OTHER_OBJECT)
    kind = primary.type
    ids = tuple(dict.fromkeys([*merged_ids(primary), *merged_ids(secondary), primary.id, secondary.id]))
    if len(ids) > MOST_MERGED:
        raise CannotMerge(Message(TOO_MANY, limit=MOST_MERGED, count=len(ids)))
    pair = Pair({Which.PRIMARY: primary, Which.SECONDARY: secondary}, read_moments([primary.id, secondary.id]))
    computed = computed_properties(kind)
    shown = [prop for prop in kind.properties.values() if prop.name not in NOT_SHOWN]
    left = {name: which for name, which in choices.items() if name not in closed}
    planned = (_planned(prop, pair, left, prop.name in computed) for prop in shown)
    rows = tuple(replace(row, may_be_chosen=False) if row.prop.name in closed else row for row in planned)
    return MergePlan(kind, primary, secondary, rows, ids)


def computed_properties(kind: ObjectType) -> frozenset[str]:
    """The properties of an object that follow from other values and are settled after a merge by themselves."""
    return frozenset(name for one in derivation_graph().of_object(kind.name) for name in one.fills)


def _planned(prop: Property, pair: Pair, choices: Choices, is_computed: bool) -> PlannedValue:
    mine, theirs = pair.values(prop.name)
    if is_computed:
        return PlannedValue(prop, mine, theirs, _starting_with(mine), COMPUTED, None, False, is_computed=True)
    found: Outcome = decide(prop, pair, choices.get(_chooser(pair.kind, prop).name))
    return PlannedValue(prop, mine, theirs, found.value, found.reason, found.taken, found.may_be_chosen)


def _starting_with(value: Any) -> Any:
    """A computed value begins as the primary record's and is computed in the same transaction."""
    return None if is_empty(value) else value


def _chooser(kind: ObjectType, prop: Property) -> Property:
    """The property whose choice decides about this one."""
    known = identified_by(kind)
    if known is not None and prop.name == known.additional:
        return kind.properties.get(known.primary, prop)
    return leader_of(kind, prop) or prop

