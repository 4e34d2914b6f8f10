"""The properties of the form in which records are made."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

IN_FORM = N_("It stands in the form in which %(objects)s are made")
IS_DEFAULT = N_("The form in which %(objects)s are made begins with it")


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    if prop.name in dict(kind.layout.create_form):
        yield Use(Message(IN_FORM, objects=kind.plural_label), _url(kind))


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    if value in dict(kind.layout.create_defaults).get(prop.name, "").split(";"):
        yield Use(Message(IS_DEFAULT, objects=kind.plural_label), _url(kind))


def _url(kind: ObjectType) -> str:
    return f"/settings/objects/{kind.plural_name}/create-form"


property_uses.register(PropertyUse("create_form", N_("Create form"), _find, find_option=_find_option, position=20))
