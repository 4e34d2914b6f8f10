"""What cards show of associated records: of which objects, and when they read themselves again (SPEC 1.9)."""

from collections.abc import Mapping, Sequence

from crm.associations.queries import association_types
from crm.layouts.cards import CardSetting, CardType
from crm.layouts.layout import PlacedCard
from crm.messages import N_
from crm.objects.queries import schema
from crm.objects.schema import ObjectType


def associated_objects(object_type: ObjectType) -> list[ObjectType]:
    """The objects whose records can be associated with those of this one, itself last."""
    types = association_types()
    found = [kind for kind in schema().record_types if types.between(object_type.name, kind.name) is not None]
    return sorted(found, key=lambda kind: kind.name == object_type.name)


def objects_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """The same as choices of the setting OBJECT."""
    return [(kind.name, kind.plural_label) for kind in associated_objects(object_type)]


OBJECT = CardSetting("object", N_("Object"), "choice", default="", choices=objects_offered)
"""The setting of a card that shows the records of one associated object."""


class NeighbourCard(CardType):
    """A kind of card that shows the records of one associated object; its settings have OBJECT and "properties"."""

    reloads_on = ("associations-changed",)

    def object_of(self, card: PlacedCard, object_type: ObjectType) -> ObjectType | None:
        """The object whose records it shows; None where that is gone or not associated."""
        name = self.setting(card, OBJECT.name)
        return next((kind for kind in associated_objects(object_type) if kind.name == name), None)

    def title(self, card: PlacedCard, object_type: ObjectType) -> str:
        """The object in the plural."""
        found = self.object_of(card, object_type)
        return found.plural_label if found else self.label

    def neighbours_shown(self, card: PlacedCard, object_type: ObjectType) -> Mapping[str, Sequence[str]]:
        """The properties chosen."""
        found = self.object_of(card, object_type)
        return {found.name: self.setting(card, "properties")} if found else {}
