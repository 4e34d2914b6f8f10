"""A number or date over the records associated with a record: how many, their sum, average, least or greatest.

Its settings are those of crm/derived/rollups.py.
"""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.calculation import WorkedOut


class Rollup(WorkedOut):
    name = "rollup"
    label = N_("Rollup")
    icon = "number"
    text = N_("Counts or adds up values of associated records")
    position = 140


property_types.register(Rollup())
