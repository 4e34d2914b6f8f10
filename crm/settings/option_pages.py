"""What pages about options show, of one property or of a list that several properties share (SPEC 2.3, 8.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.messages import N_, Message
from crm.objects.colors import COLOR_CHOICES, COLOR_LABELS
from crm.objects.definitions.base import OptionDefinition
from crm.objects.options import is_standard
from crm.objects.schema import ObjectType, Option, Property
from crm.records.counts import bounded_text

MOST_COUNTED = 10_000
"""So many records are counted at most that have an option."""


def list_shown(typed: OptionDefinition | None, errors: Mapping[str, Message]) -> dict[str, Any]:
    """What the form of a new option below the others needs."""
    new = typed or OptionDefinition("", "")
    return {"colors": COLOR_CHOICES, "color_labels": COLOR_LABELS, "typed": new, "errors": errors}


def option_shown(
    owner: ObjectType,
    prop: Property,
    options: Sequence[Option],
    option: Option,
    held: int,
    typed: OptionDefinition | None,
    errors: Mapping[str, Message],
) -> dict[str, Any]:
    """One of the `options` of a property, which `held` records have, counted to one more than MOST_COUNTED."""
    stored = OptionDefinition(option.value, option.label, option.color, option.description, option.in_forms)
    others = [one for one in options if one.value != option.value and one.moves_to is None]
    return {
        "option": option,
        "target": prop.labels.get(option.moves_to, option.moves_to) if option.moves_to else "",
        "typed": typed or stored,
        "colors": COLOR_CHOICES,
        "count_text": bounded_text(held, MOST_COUNTED),
        "is_held": held > 0,
        "is_standard": is_standard(owner, prop, option.value),
        "targets": [("", N_("Choose …")), *((one.value, one.label) for one in others)],
        "errors": errors,
    }
