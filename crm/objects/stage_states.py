"""What a stage means for the records in it: still open, won, lost, done (SPEC 2.8, 2.9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.messages import N_
from crm.objects.schema import Stage


@dataclass(frozen=True)
class StageState:
    """One choice for a stage. A `probability` is that of all stages of this state; None leaves it to the stage."""

    name: str
    label: str
    is_closed: bool = False
    probability: float | None = None
    meta: Mapping[str, str] = field(default_factory=dict)


OPEN = StageState("open", N_("Open"))
CLOSED = StageState("closed", N_("Closed"), is_closed=True)
WON = StageState("won", N_("Closed won"), is_closed=True, probability=1.0)
LOST = StageState("lost", N_("Closed lost"), is_closed=True, probability=0.0)

_LEAD_STATES = (
    StageState("NEW", N_("New"), meta={"state": "NEW"}),
    StageState("IN_PROGRESS", N_("In progress"), meta={"state": "IN_PROGRESS"}),
    StageState("QUALIFIED", N_("Qualified (closed)"), is_closed=True, meta={"state": "QUALIFIED"}),
    StageState("UNQUALIFIED", N_("Disqualified (closed)"), is_closed=True, meta={"state": "UNQUALIFIED"}),
)
_STATES: Mapping[str, tuple[StageState, ...]] = {"deal": (OPEN, WON, LOST), "lead": _LEAD_STATES}


def states_of(object_type: str) -> tuple[StageState, ...]:
    """The states a stage of this object may have."""
    return _STATES.get(object_type, (OPEN, CLOSED))


def has_probability(object_type: str) -> bool:
    """Whether the open stages of this object say how likely it is that the record will be won."""
    return WON in states_of(object_type)


def state_of(object_type: str, stage: Stage) -> StageState:
    """The state of a stage: the one that agrees with it in most."""
    fitting = [one for one in states_of(object_type) if one.is_closed == stage.is_closed]
    known = [one for one in fitting if one.meta and one.meta.get("state") == stage.meta.get("state")]
    likely = [one for one in fitting if one.probability is not None and one.probability == stage.probability]
    return (known or likely or fitting or list(states_of(object_type)))[0]
