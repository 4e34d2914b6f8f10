"""Which cards of record pages need a label of associations (SPEC 6.3)."""

from collections.abc import Collection, Iterator

from crm.filters.addresses import read_condition
from crm.filters.registry import subject_of
from crm.layouts.card_settings import owner_of, setting_value
from crm.layouts.cards import CardSetting, card_types
from crm.layouts.layout import PlacedCard
from crm.layouts.stored import StoredLayout, stored_layouts
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType

LABELS = "labels"


def layouts_with_label(names: Collection[str]) -> Iterator[tuple[ObjectType, StoredLayout]]:
    """The layouts, of any object, with a card that lists or filters by a label; by the names of its types."""
    for owner in schema().record_types:
        for stored in stored_layouts(owner):
            if any(_needs(card, owner, names) for _place, card in stored.layout.cards()):
                yield owner, stored


def _needs(card: PlacedCard, owner: ObjectType, names: Collection[str]) -> bool:
    card_type = card_types.get(card.kind)
    for setting in card_type.settings if card_type else ():
        if setting.name == LABELS and not set(names).isdisjoint(setting_value(setting, card.settings)):
            return True
        if setting.control == "conditions" and not set(names).isdisjoint(_asked(setting, card, owner)):
            return True
    return False


def _asked(setting: CardSetting, card: PlacedCard, owner: ObjectType) -> Iterator[str]:
    about = owner_of(setting, owner, card.settings)
    for text in setting_value(setting, card.settings) if about else ():
        try:
            yield subject_of(about, read_condition(text).subject).link_type  # type: ignore[arg-type]
        except InvalidValue:
            continue  # of something that is gone already
