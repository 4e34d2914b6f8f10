"""Filters of the Activities tab: one file each; each reads its own keys of the URL (DESIGN 10-11)."""

from crm.registry import Registry
from crm.timeline.filters.base import TimelineFilter

timeline_filters: Registry[TimelineFilter] = Registry("timeline filter")
