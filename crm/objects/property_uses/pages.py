"""The pages of an object that show a property: the card on the left, the figures on top, its list."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

PLACES = (
    ("header_form", N_("The form behind the pencil of %(objects)s")),
    ("about", N_("The card “About” of %(objects)s")),
    ("highlights", N_("The highlights of %(objects)s")),
    ("index_columns", N_("The list of %(objects)s")),
    ("card_columns", N_("The cards of associated %(objects)s")),
)


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    for name, text in PLACES:
        if prop.name in getattr(kind.layout, name):
            yield Use(Message(text, objects=kind.plural_label), f"/objects/{kind.plural_name}")


property_uses.register(PropertyUse("pages", N_("Pages"), _find, position=20))
