"""Whom an `@` and some letters may mean."""

import re
from collections.abc import Callable
from itertools import islice

from crm.accounts.queries import UserEntry, directory
from crm.folding import fold
from crm.notifications.rights import Rights
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer

MOST_FOUND = 8
_WORD = re.compile(r"[\w.@-]+")


def find_people(viewer: Viewer, typed: str, sees: Callable[[int], bool] = lambda _user_id: True) -> list[UserEntry]:
    """Active people but oneself whose name or e-mail address has a word that begins like this, by name.

    `sees` says of each, by id, whether they see what they would be mentioned in.
    """
    wanted = _WORD.findall(fold(typed[:80]))
    others = (user for user in directory().active_users() if user.id != viewer.user_id)
    return list(islice((user for user in others if _is_meant(user, wanted) and sees(user.id)), MOST_FOUND))


def readers_of(activity_id: int) -> Callable[[int], bool]:
    """Who sees an activity."""
    rights = Rights.read((), {activity_id})
    return lambda user_id: rights.sees_activity(user_id, activity_id)


def readers_of_new(actor: Viewer, object_type: str, record_id: int) -> Callable[[int], bool]:
    """Who would see an activity of this object type that the actor is writing on a record."""
    rights = Rights.read({record_id}, ())

    def sees(user_id: int) -> bool:
        is_open = directory().viewer(user_id).covers(object_type, Verb.VIEW, actor.user_id)
        return is_open and rights.sees_record(user_id, record_id)

    return sees


def _is_meant(user: UserEntry, wanted: list[str]) -> bool:
    words = [*_WORD.findall(fold(user.name)), user.email]
    return all(any(word.startswith(one) for word in words) for one in wanted)
