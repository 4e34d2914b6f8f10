"""How records are compared: one file for each object whose records are."""

from crm.merging.duplicates.comparing import Comparison
from crm.registry import Registry

comparisons: Registry[Comparison] = Registry("comparison", key="object_type")
