"""Whoever writes, and whoever owns the record that is written about."""

from collections.abc import Sequence

from crm.accounts.queries import UserEntry, directory
from crm.messages import N_
from crm.permissions.viewer import Viewer
from crm.text_templates.sources import Choice, Filling, Group, TokenSource, token_sources

ME, OWNER = "me", "owner"
PARTS = {
    "name": (N_("Name"), lambda person: person.name),
    "firstname": (N_("First name"), lambda person: person.name.split(" ", 1)[0]),
    "email": (N_("Email"), lambda person: person.email),
}


def _offered(_viewer: Viewer) -> Sequence[Group]:
    groups = ((OWNER, N_("Owner of the record")), (ME, N_("Whoever writes")))
    return [
        Group(label, [Choice(f"{scope}.{part}", words) for part, (words, _read) in PARTS.items()])
        for scope, label in groups
    ]


def _value(filling: Filling, scope: str, name: str) -> str | None:
    user_id = {ME: filling.viewer.user_id, OWNER: filling.record.owner_id}.get(scope)
    person: UserEntry | None = directory().users.get(user_id) if user_id is not None else None
    if person is None or name not in PARTS:
        return None
    return PARTS[name][1](person)


token_sources.register(TokenSource("people", _offered, _value, position=20))
