"""Which active lists need a property, an option or a label (SPEC 2.4, 6.3).

Only lists that are shared count, as with saved views: a private one nobody else could change. What it asks for in vain
breaks its filter, and its page says so.
"""

from collections.abc import Collection, Iterator

from crm.accounts.sharing import Visibility
from crm.filters.addresses import readable_conditions
from crm.filters.registry import subject_of
from crm.filters.tree import Condition
from crm.lists.naming import asks
from crm.lists.queries import ListRow
from crm.lists.watching import watched
from crm.messages import N_, InvalidValue, Message
from crm.objects.registry import Use
from crm.objects.schema import ObjectType, Property

USED = N_("The list “%(name)s”")


def list_use(one: ListRow) -> Use:
    """A list as a place that needs something."""
    return Use(Message(USED, name=one.name), one.url)


def needing_property(kind: ObjectType, prop: Property) -> Iterator[ListRow]:
    """The shared lists, of any object, that ask for a property."""
    for one in _shared():
        if _asking(one, kind, prop):
            yield one


def needing_option(kind: ObjectType, prop: Property, value: str) -> Iterator[ListRow]:
    """The shared lists, of any object, that ask for one value of a property."""
    for one in _shared():
        if any(value in condition.values for condition in _asking(one, kind, prop)):
            yield one


def needing_label(names: Collection[str]) -> Iterator[ListRow]:
    """The shared lists that ask for associations with a label, by the names of its types."""
    for one in _shared():
        if not set(names).isdisjoint(_link_types(one)):
            yield one


def _shared() -> Iterator[ListRow]:
    return (one for lists in watched().active.values() for one in lists if one.visibility != Visibility.PRIVATE)


def _asking(one: ListRow, kind: ObjectType, prop: Property) -> list[Condition]:
    about = (one.object_type, kind.name, prop.name)
    return [condition for condition in readable_conditions(one.filter) if asks(condition.subject, *about)]


def _link_types(one: ListRow) -> Iterator[str]:
    for condition in readable_conditions(one.filter):
        try:
            yield subject_of(one.type, condition.subject).link_type
        except InvalidValue:
            continue
