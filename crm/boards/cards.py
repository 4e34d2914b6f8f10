"""Which properties the cards of a board show: one choice for each object, made by an administrator (SPEC 2.9, 5.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.accounts.account_settings import STAMP, Setting
from crm.db import touch
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.records.rows import OWNER

MOST_PROPERTIES = 8
USUAL = ("createdate", "closedate", OWNER, "amount")
NO_PROPERTY = N_("There is no such property here.")
TOO_MANY = N_("At most %(limit)s properties.")

Chosen = Mapping[str, Sequence[str]]


def _read(stored: Any) -> Chosen:
    if not isinstance(stored, dict):
        raise ValueError("no choice for each object")
    return {str(kind): tuple(map(str, names)) for kind, names in stored.items()}


def _write(chosen: Chosen) -> Any:
    return {kind: list(names) for kind, names in chosen.items()}


CHOSEN: Setting[Chosen] = Setting("board_cards", N_("Cards of boards"), {}, _read, _write)


def card_names(kind: ObjectType) -> list[str]:
    """The properties that the cards of an object show: those somebody chose, else the usual ones that it has."""
    chosen = CHOSEN.get().get(kind.name)
    return [name for name in (USUAL if chosen is None else chosen) if name in kind.properties]


def has_own_cards(kind: ObjectType) -> bool:
    """Whether somebody chose them."""
    return kind.name in CHOSEN.get()


def choose_cards(actor: Viewer, kind: ObjectType, names: Sequence[str] | None) -> None:
    """Choose them, or go back to the usual ones with None; the caller has checked that the actor may.

    Raises InvalidValue for a property that there is not, and for too many.
    """
    wanted = list(dict.fromkeys(names or ()))
    if any(name not in kind.properties for name in wanted):
        raise InvalidValue(NO_PROPERTY)
    if len(wanted) > MOST_PROPERTIES:
        raise InvalidValue(Message(TOO_MANY, limit=MOST_PROPERTIES))
    touch(STAMP)  # two people choose for two objects: the second waits, then reads what the first chose
    others = {name: chosen for name, chosen in CHOSEN.get().items() if name != kind.name}
    CHOSEN.set(actor, others if names is None else others | {kind.name: wanted})
