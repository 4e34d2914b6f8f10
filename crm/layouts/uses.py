"""Which layouts need a property, and what is forgotten with an object (SPEC 1.7, 2.4)."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from crm.db import db, touch
from crm.events import ObjectTypeLeaving
from crm.filters.addresses import read_condition
from crm.filters.registry import subject_of
from crm.layouts.card_settings import setting_value
from crm.layouts.cards import CardSetting, card_types
from crm.layouts.layout import CardCondition, PlacedCard
from crm.layouts.models import LayoutDraft, PersonalLayoutRow, RecordLayoutRow, RecordLayoutTeam
from crm.layouts.reading import STAMP
from crm.layouts.statistics import numbers_offered
from crm.layouts.stored import StoredLayout, stored_layouts
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import Operator


def layouts_showing(kind: ObjectType, prop: Property) -> Iterator[tuple[ObjectType, StoredLayout]]:
    """The layouts, of any object, with a card that shows a property or depends on it."""
    for owner in schema().record_types:
        for stored in stored_layouts(owner):
            if any(_shows(card, owner, kind, prop) for _place, card in stored.layout.cards()) or any(
                condition.property == prop.name for condition in _conditions(owner, kind, stored)
            ):
                yield owner, stored


def layouts_asking(kind: ObjectType, prop: Property, value: str) -> Iterator[StoredLayout]:
    """The layouts of an object with a card or tab that is shown while a property has a value."""
    for stored in stored_layouts(kind):
        asked = (one for one in _conditions(kind, kind, stored) if one.operator != Operator.KNOWN)
        if any(one.property == prop.name and value in one.values for one in asked):
            yield stored


def on_object_type_leaving(event: ObjectTypeLeaving) -> None:
    """Forget the layouts of an object, the drafts of them, and what people changed for themselves."""
    for table in (LayoutDraft, RecordLayoutTeam, RecordLayoutRow, PersonalLayoutRow):
        db.session.execute(sa.delete(table).where(table.object_type == event.object_type))
    touch(STAMP)


def _shows(card: PlacedCard, owner: ObjectType, kind: ObjectType, prop: Property) -> bool:
    card_type = card_types.get(card.kind)
    for one in card_type.settings if card_type else ():
        of = str(card.settings.get(one.of) if one.of else owner.name)
        if of == kind.name and prop.name in _named(one, card):
            return True
        if one.control == "conditions" and (kind.name, prop.name) in _asked(of, setting_value(one, card.settings)):
            return True
    return False


def _asked(of: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The properties that conditions ask about, by object; of associated records, too."""
    for text in texts:
        try:
            subject = subject_of(schema().types[of], read_condition(text).subject)
        except (InvalidValue, KeyError):
            continue  # of something that is gone: nothing keeps it
        if subject.prop is not None:
            yield subject.kind.name, subject.prop.name


def _named(setting: CardSetting, card: PlacedCard) -> list[str]:
    """The properties that a setting of a card names."""
    value = setting_value(setting, card.settings)
    if setting.control == "choice":
        return [value] if setting.choices is numbers_offered else []
    return value if setting.control == "properties" else []


def _conditions(owner: ObjectType, kind: ObjectType, stored: StoredLayout) -> Iterator[CardCondition]:
    """The conditions of the cards and tabs of a layout, if it is one of the object `kind`."""
    if owner.name == kind.name:
        found = [card.condition for _place, card in stored.layout.cards()]
        found += [tab.condition for tab in stored.layout.tabs]
        yield from (one for one in found if one)
