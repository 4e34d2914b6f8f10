"""What a property of an associated record holds. Its settings are those of crm/derived/property_syncs.py."""

from crm.messages import N_
from crm.properties.types import property_types
from crm.properties.types.calculation import WorkedOut


class PropertySync(WorkedOut):
    name = "property_sync"
    label = N_("Property sync")
    icon = "link"
    text = N_("Mirrors a property of an associated record")
    position = 150


property_types.register(PropertySync())
