"""Other lists whose filter asks for the members of a list."""

from collections.abc import Mapping, Sequence

from crm.lists.naming import lists_named
from crm.lists.queries import ListRow, lists_by_id
from crm.lists.uses import ListUse, Use, list_uses
from crm.lists.watching import watched
from crm.messages import N_, Message
from crm.permissions.viewer import Viewer

LIST = N_("The list “%(name)s”")


def _find(viewer: Viewer, lists: Sequence[ListRow]) -> Mapping[int, Sequence[Use]]:
    wanted = {one.id for one in lists}
    active = [one for some in watched().active.values() for one in some]
    naming = {one.id: lists_named(one.filter) & wanted for one in active}
    asking = lists_by_id(viewer, [list_id for list_id, named in naming.items() if named])
    found: dict[int, list[Use]] = {}
    for one in sorted(asking.values(), key=lambda one: (one.folded_name, one.id)):
        for named in naming[one.id]:
            found.setdefault(named, []).append(Use(Message(LIST, name=one.name), one.url))
    return found


list_uses.register(ListUse("lists", N_("Lists"), _find, position=10))
