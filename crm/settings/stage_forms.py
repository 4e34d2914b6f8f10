"""The form of a stage: what it holds as it was typed, and what that means."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from crm.messages import InvalidValue, Message
from crm.objects.colors import COLOR_CHOICES
from crm.objects.schema import ObjectType, Property, Stage
from crm.objects.stage_states import has_probability, state_of, states_of
from crm.objects.stages import StageSettings, can_be_required
from crm.properties.types.number import Number

_PERCENT: Any = SimpleNamespace(settings={"format": "percent"})
"""What the number type looks at to read and write a share of a hundred."""


@dataclass(frozen=True)
class StageForm:
    """The controls of the form with what they hold."""

    kind: ObjectType
    label: str = ""
    state: str = ""
    probability: str = ""
    color: str = ""
    required: tuple[str, ...] = ()
    allows_creation: bool = True

    @property
    def has_probability(self) -> bool:
        """Whether open stages say how likely the record is to be won."""
        return has_probability(self.kind.name)

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states to choose from."""
        return [(state.name, state.label) for state in states_of(self.kind.name)]

    @property
    def colors(self) -> Sequence[tuple[str, str]]:
        """The colours to choose from."""
        return COLOR_CHOICES

    @property
    def requirable(self) -> list[Property]:
        """The properties a stage may ask for, by label, those it asks for first."""
        known = [prop for prop in self.kind.properties.values() if can_be_required(self.kind, prop.name)]
        return sorted(known, key=lambda prop: (prop.name not in self.required, str(prop.label).casefold()))


def form_of(kind: ObjectType, stage: Stage, context: Any) -> StageForm:
    """The form as it opens."""
    probability = None if stage.probability is None else Decimal(str(stage.probability))
    return StageForm(
        kind=kind,
        label=stage.label,
        state=state_of(kind.name, stage).name,
        probability=Number().to_input(probability, _PERCENT, context),
        color=stage.color or "",
        required=stage.required,
        allows_creation=stage.allows_creation,
    )


def typed_form(kind: ObjectType, form: Any) -> StageForm:
    """The form as it was sent; `form` answers `get` and `getlist` like that of a request."""
    return StageForm(
        kind=kind,
        label=form.get("label", ""),
        state=form.get("state", ""),
        probability=form.get("probability", ""),
        color=form.get("color", ""),
        required=tuple(dict.fromkeys(form.getlist("required"))),
        allows_creation=form.get("allows_creation") == "true",
    )


def read(form: StageForm, context: Any) -> tuple[StageSettings, dict[str, Message]]:
    """What the form says, and what cannot be read in it."""
    errors: dict[str, Message] = {}
    probability = None
    if form.has_probability:
        try:
            found = Number().parse(form.probability, _PERCENT, context)
            probability = None if found is None else float(found)
        except InvalidValue as error:
            errors["probability"] = error.message
    settings = StageSettings(
        label=form.label,
        state=form.state,
        probability=probability,
        color=form.color or None,
        required=form.required,
        allows_creation=form.allows_creation,
    )
    return settings, errors
