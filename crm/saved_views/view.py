"""A view of an index page as people choose it."""

from dataclasses import dataclass

from crm.messages import Message
from crm.saved_views.state import ViewState


@dataclass(frozen=True)
class View:
    """A view with the key that names it in addresses; `name` is what somebody called it, or a text of the program."""

    key: str
    name: Message | str
    state: ViewState
    is_standard: bool = True
