"""Values the program works out. `settings["result"]` names the type whose values they are, with its settings beside it.

A calculation follows from other values of its record by the formula in `settings["formula"]` (crm/properties/formulas).
"""

from collections.abc import Mapping
from typing import Any

from crm.messages import N_, InvalidValue
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context, PropertyLike, PropertyType, Raw, single


class WorkedOut(PropertyType):
    """A type whose values are stored, shown, sorted and filtered like those of another type, and never typed."""

    is_derived = True
    can_be_turned_into = False
    input_type = "text"

    def holding(self, settings: Mapping[str, Any]) -> PropertyType:
        """The type that the values are of."""
        known = property_types.get(settings.get("result") or "text")
        if known is None or isinstance(known, WorkedOut):
            known = property_types.get("text")
        return known  # type: ignore[return-value]

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> Any:
        if not single(raw).strip():
            return None
        raise InvalidValue(N_("The program works this value out by itself."))

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str | list[str]:
        return self.holding(property.settings).to_input(value, property, context)

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return self.holding(property.settings).to_text(value, property, context)

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        return self.holding(property.settings).choices(property, context, value)

    def href(self, value: Any, property: PropertyLike) -> str | None:
        return self.holding(property.settings).href(value, property)


class Calculation(WorkedOut):
    name = "calculation"
    label = N_("Calculation")
    icon = "number"
    text = N_("Follows from other values of the record by a formula")
    position = 130


property_types.register(Calculation())
