"""System entries of a timeline: one file for each thing that can happen to a record (DESIGN 10)."""

from crm.registry import Registry
from crm.timeline.entries.base import EntryType

entry_types: Registry[EntryType] = Registry("system entry")
