"""What a property type is: how a value is read, shown, put in a form, and written to history (SPEC 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from crm.permissions.viewer import Viewer

Raw = str | Sequence[str]


class OptionLike(Protocol):
    """One choice of a dropdown: its stored value and its label (an N_ string or what a person typed)."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...


class PropertyLike(Protocol):
    """The part of a property that its type looks at."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def options(self) -> Sequence[OptionLike]: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class UserLike(Protocol):
    """The part of a user that the `user` type looks at."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def is_active(self) -> bool: ...


@dataclass(frozen=True)
class Context:
    """Whose eyes and hands a value passes through.

    `locale` is a Babel identifier ("en", "pl", "zh_Hant_TW"); `currency` is the ISO code of the record's money and
    `home_currency` of the account's; `country` is the ISO code by which a national phone number is read; `translate`
    turns an N_ string or a Message into the reader's language. `may_write` says whether they may write a property;
    `viewer` is who they are, where somebody reads.
    """

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    locale: str = "en"
    users: Mapping[int, UserLike] = field(default_factory=dict)
    currency: str = "USD"
    home_currency: str = "USD"
    country: str = "US"
    translate: Callable[[Any], str] = str
    may_write: Callable[[Any], bool] = lambda property: True
    viewer: Viewer | None = None


@dataclass(frozen=True)
class Choice:
    """One choice as a form shows it: what is sent, and what is read; one that is `disabled` cannot be chosen now."""

    value: str
    label: str
    disabled: bool = False


class PropertyType:
    """One kind of property. Subclasses set the class attributes and override what differs from plain text.

    A value is None when unknown; every method but `parse` and `to_input` may be given None and answers '' or None.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]
    input_type: ClassVar[str] = "text"
    is_sortable: ClassVar[bool] = True
    is_multiple: ClassVar[bool] = False
    is_copyable: ClassVar[bool] = False
    has_options: ClassVar[bool] = False
    is_derived: ClassVar[bool] = False
    """Values are worked out by the program: people never type them, and the type stays what it is (SPEC 2.3)."""
    can_be_unique: ClassVar[bool] = False
    """Whether no two records may be made to have the same value (SPEC 2.5)."""
    can_be_turned_into: ClassVar[bool] = True
    """Whether properties of other types may become this one (SPEC 2.3)."""
    is_creatable: ClassVar[bool] = True
    """Whether people may make properties of this type."""
    text: ClassVar[str] = ""
    """What the type is for, in half a sentence (N_), where somebody chooses one."""
    position: ClassVar[int] = 0

    def column_type(self) -> TypeEngine[Any]:
        """The column in the object's table that holds values of this type."""
        return sa.Text()

    def holding(self, settings: Mapping[str, Any]) -> PropertyType:
        """The type that values of a property with these settings are of: itself, but for values worked out."""
        return self

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> Any:
        """The value of what was typed, or None when it is empty. Raises InvalidValue."""
        raise NotImplementedError

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str | list[str]:
        """The text a form control starts with; `parse` of it gives the value back."""
        return "" if value is None else str(value)

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        """The value in words for people, in the reader's zone and locale; '' when unknown."""
        return "" if value is None else str(value)

    def to_history(self, value: Any) -> str | None:
        """The value as canonical text, the same for every reader."""
        return None if value is None else str(value)

    def from_history(self, text: str | None) -> Any:
        """The value that `to_history` wrote."""
        return text

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        """What a form offers, in the reader's language, `value` always among it; empty where anything may be typed."""
        return []

    def href(self, value: Any, property: PropertyLike) -> str | None:
        """Where a click on the value leads (mailto:, tel:, https:), or None."""
        return None


def single(raw: Raw) -> str:
    """The one text of a form field; of several with the same name the last one counts, as in a browser's form."""
    if isinstance(raw, str):
        return raw
    return raw[-1] if raw else ""
