"""The record page as its cards see it: what they all need is read once (SPEC 1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crm.associations.sections import Section, sections
from crm.layouts.layout import Personal
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow


@dataclass
class RecordPage:
    """One record before one reader.

    `wanted` are the properties that the cards on it show of associated records, by their object type.
    """

    viewer: Viewer
    record: RecordRow
    context: Context
    can_edit: bool
    personal: Personal = field(default_factory=Personal)
    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """The first associated records of each object the reader may see, in order; two queries for the whole page."""
        found = sections(self.viewer, self.record, self.context)
        return {section.object_type.name: section for section in found}
