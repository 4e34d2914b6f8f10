"""One choice of a few, all of them in sight: a dropdown by another look."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.dropdown import Dropdown


class Radio(Dropdown):
    name = "radio"
    label = N_("Radio select")
    icon = "radio"
    text = N_("One of a few choices, all in sight")
    input_type = "radio"
    position = 85


property_types.register(Radio())
