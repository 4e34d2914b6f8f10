"""What the associated records of one object come to: count, sum, average, minimum, maximum (SPEC 1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.derived.rollups import COUNT, LABELS
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.neighbours import OBJECT, associated_objects
from crm.layouts.page import RecordPage
from crm.layouts.statistics import STATISTICS, Statistics, is_number, numbers_offered, statistics
from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.records.counts import count_text
from crm.records.values import type_of

TITLE, OF_NUMBER = N_("%(objects)s in numbers"), N_("%(objects)s: %(label)s")


@dataclass(frozen=True)
class Figure:
    """One number in words; "" where there is none."""

    name: str
    label: str
    text: str


def statistics_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """What can be made of numbers."""
    return [(name, LABELS[name]) for name in STATISTICS]


class StatisticsCard(CardType):
    """A few figures about the associated deals, or of any other object."""

    name = "statistics"
    label = N_("Statistics")
    icon = "gauge"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT})
    position = 90
    settings = (
        OBJECT,
        CardSetting("property", N_("Number"), "choice", default="", choices=numbers_offered, of=OBJECT.name),
        CardSetting("figures", N_("Figures"), "choices", default=STATISTICS, choices=statistics_offered),
    )
    reloads_on = ("associations-changed", "record-updated")

    def title(self, card: PlacedCard, object_type: ObjectType) -> str | Message:
        """The object, and the number where one is chosen."""
        kind = self._object(card, object_type)
        if kind is None:
            return self.label
        prop = self._number(card, kind)
        return Message(OF_NUMBER if prop else TITLE, objects=kind.plural_label, label=prop.label if prop else "")

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`kind`, the `figures` and what they leave out; nothing if the reader may not see that object."""
        kind = self._object(card, page.record.type)
        if kind is None:
            return {"kind": None, "figures": (), "found": None}
        if not page.viewer.may(kind.name, Verb.VIEW):
            return None
        prop = self._number(card, kind)
        found = statistics(page.viewer, page.record.id, page.record.object_type, kind, prop)
        chosen = [name for name in STATISTICS if name in self.setting(card, "figures")]
        figures = [_figure(page, name, found, prop) for name in chosen if name == COUNT or prop]
        url = f"/objects/{kind.plural_name}?associated={page.record.id}"
        return {"kind": kind, "figures": figures, "found": found, "url_all": url, "count": COUNT}

    def _object(self, card: PlacedCard, object_type: ObjectType) -> ObjectType | None:
        name = self.setting(card, OBJECT.name)
        return next((kind for kind in associated_objects(object_type) if kind.name == name), None)

    def _number(self, card: PlacedCard, kind: ObjectType) -> Property | None:
        prop = kind.properties.get(self.setting(card, "property"))
        return prop if prop and is_number(prop) else None


def _figure(page: RecordPage, name: str, found: Statistics, prop: Property | None) -> Figure:
    if name == COUNT or prop is None:
        return Figure(name, LABELS[name], count_text(found.count, not found.is_cut))
    return Figure(name, LABELS[name], type_of(prop).to_text(found.numbers[name], prop, page.context))


card_types.register(StatisticsCard())
