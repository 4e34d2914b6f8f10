"""The pages of an object that show a property whatever the layout of its record pages: its forms and lists."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

PLACES = (
    ("header_form", N_("The form behind the pencil of %(objects)s")),
    ("index_columns", N_("The list of %(objects)s")),
    ("quick_filters", N_("The quick filters of %(objects)s")),
    ("card_columns", N_("The cards of associated %(objects)s")),
)


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    for name, text in PLACES:
        if prop.name in getattr(kind.layout, name):
            yield Use(Message(text, objects=kind.plural_label), f"/objects/{kind.plural_name}")


property_uses.register(PropertyUse("pages", N_("Pages"), _find, position=20))
