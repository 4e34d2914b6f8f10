"""Whom an `@` and some letters may mean."""

import re

from crm.accounts.queries import UserEntry, directory
from crm.folding import fold
from crm.permissions.viewer import Viewer

MOST_FOUND = 8
_WORD = re.compile(r"[\w.@-]+")


def find_people(viewer: Viewer, typed: str) -> list[UserEntry]:
    """Active people but oneself whose name or e-mail address has a word that begins like this, by name."""
    wanted = _WORD.findall(fold(typed[:80]))
    found = [user for user in directory().active_users() if user.id != viewer.user_id and _is_meant(user, wanted)]
    return found[:MOST_FOUND]


def _is_meant(user: UserEntry, wanted: list[str]) -> bool:
    words = [*_WORD.findall(fold(user.name)), user.email]
    return all(any(word.startswith(one) for word in words) for one in wanted)
