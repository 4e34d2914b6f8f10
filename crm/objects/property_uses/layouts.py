"""The views of record pages with a card that shows a property, or that is shown by its value."""

from collections.abc import Iterable

from crm.layouts.stored import StoredLayout
from crm.layouts.uses import layouts_asking, layouts_showing
from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

SHOWN = N_("The pages of %(objects)s: %(view)s")
ASKED = N_("A card or tab is shown by it on the pages of %(objects)s: %(view)s")


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    for owner, stored in layouts_showing(kind, prop):
        yield _use(SHOWN, owner, stored)


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    for stored in layouts_asking(kind, prop, value):
        yield _use(ASKED, kind, stored)


def _use(text: str, owner: ObjectType, stored: StoredLayout) -> Use:
    url = f"/settings/objects/{owner.plural_name}/layouts/{stored.place}"
    return Use(Message(text, objects=owner.plural_label, view=stored.name), url)


# A card of an object that is gone is not shown.
property_uses.register(
    PropertyUse("layouts", N_("Record pages"), _find, keeps_object=False, find_option=_find_option, position=20)
)
