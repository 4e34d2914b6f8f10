"""The nine kinds of activity: one file each (DESIGN 10).

`activity_types.load("crm.activities.types")` fills the registry; it is called once, when the application is made.
"""

from crm.activities.types.base import ActivityType
from crm.registry import Registry

activity_types: Registry[ActivityType] = Registry("activity type")
