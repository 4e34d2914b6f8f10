"""An object stays while something elsewhere needs one of its properties: a rollup of another object, a list, a view."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import Hold, Use, holds, property_uses
from crm.objects.schema import ObjectType


def _find(kind: ObjectType) -> Iterable[Use]:
    for prop in kind.properties.values():
        for place in property_uses:
            for use in place.find(kind, prop) if place.keeps_object else ():
                if not _is_own(kind, use):
                    text = N_("The property “%(property)s”: %(use)s")
                    yield Use(Message(text, property=prop.label, use=use.text), use.url)


def _is_own(kind: ObjectType, use: Use) -> bool:
    """Whether it is a use by the object itself (its name, form, pages, stages), which goes with it."""
    own = (f"/objects/{kind.plural_name}", f"/settings/objects/{kind.plural_name}")
    return any(use.url == one or str(use.url).startswith(f"{one}/") for one in own)


holds.register(Hold("properties", _find, position=30))
