"""The kinds of property there are: one file each (DESIGN 10).

`property_types.load("crm.properties.types")` fills the registry; it is called once, when the application is made.
"""

from crm.properties.types.base import PropertyType
from crm.registry import Registry

property_types: Registry[PropertyType] = Registry("property type")
