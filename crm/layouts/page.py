"""The record page as its cards see it: what they all need is read once (SPEC 1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crm.associations.queries import Neighbour, primary_company
from crm.associations.sections import Section, sections, with_shown
from crm.layouts.layout import Personal, PlacedCard
from crm.layouts.personal import read_personal
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show_all
from crm.records.tables import NO_ARGUMENTS, Arguments
from crm.timeline import queries as timeline
from crm.timeline.entry_rows import EntryRow
from crm.timeline.items import Look


@dataclass
class RecordPage:
    """One record before one reader.

    `wanted` are the properties that the cards on it show of associated records, and `numbers` how many of those
    records, by their object type; `recent` and `upcoming` are how many activities they show. `arguments` are those of
    the address at which a single card is read.
    """

    viewer: Viewer
    record: RecordRow
    context: Context
    can_edit: bool
    wanted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    recent: int = 0
    upcoming: int = 0
    arguments: Arguments = NO_ARGUMENTS
    _shown: dict[tuple[str, tuple[str, ...], int], Section] = field(default_factory=dict)

    @cached_property
    def personal(self) -> Personal:
        """What the reader changed for themselves on the pages of this object; one query."""
        return read_personal(self.viewer, self.record.object_type)

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """The first associated records of each object that a card shows; two queries for the whole page."""
        found = sections(self.viewer, self.record, self.context, self.wanted, self.numbers)
        return {section.object_type.name: section for section in found}

    def section(self, object_type: str, properties: Sequence[str], number: int) -> Section | None:
        """The first so many associated records of an object with these properties; None if it is not for the reader.

        The card says by `CardType.neighbours_shown` that it needs them.
        """
        key = (object_type, tuple(properties), number)
        if key not in self._shown and object_type in self.sections:
            self._shown[key] = with_shown(self.sections[object_type], properties, number, self.context)
        return self._shown.get(key)

    @cached_property
    def primary_company(self) -> Neighbour | None:
        """The record's primary company if the reader may see it; no query where the company section is read."""
        found = self.sections.get("company") if "company" in self.numbers else None
        if found is None:
            return primary_company(self.viewer, self.record.id, self.record.object_type)
        first = next((card for card in found.cards if card.is_primary), None)
        return Neighbour(first.record_id, "company", first.display_name, True) if first else None

    @cached_property
    def activities(self) -> tuple[Sequence[EntryRow], Sequence[EntryRow]]:
        """The newest past activities, and the next upcoming ones nearest first; two queries for the whole page."""
        return timeline.glance(self.viewer, self.record.id, self.recent, self.upcoming)

    @cached_property
    def look(self) -> Look:
        """How this reader sees the entries of its timeline."""
        return Look(self.viewer, self.context, self.record.title, can_edit_record=self.can_edit)

    def shown(self, card: PlacedCard, names: Sequence[str], editable: bool = True) -> list[Shown]:
        """The properties a card shows of the record itself, those that the reader chose instead of `names` if so."""
        chosen = self.properties_of(card, names)
        can_edit = self.can_edit and editable
        return show_all(self.record.type, chosen, self.record.values, self.context, can_edit)

    def properties_of(self, card: PlacedCard, names: Sequence[str]) -> Sequence[str]:
        """The properties that a card shows this reader: `names`, or those they chose for themselves."""
        return self.personal.properties.get(card.key, names) if card.may_edit else names
