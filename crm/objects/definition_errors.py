"""Why a property cannot be made or changed, with a message for each field of its form."""

from collections.abc import Mapping

from crm.messages import InvalidValue, Message
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer


class InvalidDefinition(InvalidValue):
    """What was said of a property, a group or an option cannot be; `errors` holds one message for each field."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__(next(iter(self.errors.values())))


class Existing(Message):
    """That there is such a property already; `url` is its page in the settings."""

    __slots__ = ("url",)

    def __init__(self, text: str, url: str, **params: object) -> None:
        super().__init__(text, **params)
        self.url = url


def refuse(errors: Mapping[str, Message]) -> None:
    """Raise InvalidDefinition when there are any."""
    if errors:
        raise InvalidDefinition(errors)


def demand_right(actor: Viewer) -> None:
    """Raise Forbidden unless `actor` may edit property settings (SPEC 2.4)."""
    if not actor.has_right(AccountRight.EDIT_PROPERTIES):
        raise Forbidden(f"{actor.name} may not edit property settings")
