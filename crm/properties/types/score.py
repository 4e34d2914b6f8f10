"""A score: a number that the program or an application writes, and nobody types."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.number import Number


class Score(Number):
    name = "score"
    label = N_("Score")
    icon = "number"
    text = N_("A number that nobody types")
    is_derived = True
    position = 160


property_types.register(Score())
