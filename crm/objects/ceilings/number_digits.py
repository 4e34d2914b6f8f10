"""How many digits a number can have."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.properties.types.number import MOST_DIGITS

ceilings.register(
    Ceiling(
        name="number_digits",
        label=N_("Digits of one number"),
        limit=MOST_DIGITS,
        consequence=N_("A number with more digits is not taken: not every database could keep all of them."),
        usage=lambda: (),
        position=130,
    )
)
