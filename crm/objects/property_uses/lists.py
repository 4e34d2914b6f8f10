"""The filters of active lists that ask for a property, of these records or of associated ones."""

from collections.abc import Callable, Iterable

from crm.accounts.queries import directory
from crm.filters.registry import POINT
from crm.filters.tree import Condition
from crm.lists.naming import conditions_of
from crm.lists.queries import ListRow, Visibility
from crm.lists.watching import watched
from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

LIST, PRIVATE = N_("The list “%(name)s”"), N_("A private list of %(name)s")
LISTS = "/lists"


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    return _asking(kind, prop, lambda _condition: True)


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    return _asking(kind, prop, lambda condition: value in condition.values)


def _asking(kind: ObjectType, prop: Property, is_it: Callable[[Condition], bool]) -> Iterable[Use]:
    for one in (one for lists in watched().active.values() for one in lists):
        asked = (one.object_type, kind.name, prop.name)
        if any(asks(each.subject, *asked) and is_it(each) for each in conditions_of(one.filter)):
            yield _use(one)


def _use(one: ListRow) -> Use:
    """A private list is named by whose it is: its own name is for its owner alone."""
    if one.visibility == Visibility.PRIVATE:
        return Use(Message(PRIVATE, name=directory().name_of(one.owner_id)), LISTS)
    return Use(Message(LIST, name=one.name), one.url)


def asks(subject: str, asked: str, object_type: str, name: str) -> bool:
    """Whether a condition with this subject, on records of `asked`, is about the property `name` of an object."""
    if POINT not in subject:
        return asked == object_type and subject == name
    _kind, other, *rest = subject.split(POINT)
    return other.partition("-")[0] == object_type and rest == [name]


property_uses.register(PropertyUse("lists", N_("Lists"), _find, find_option=_find_option, position=60))
