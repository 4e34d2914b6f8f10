"""Texts for people, marked where they are written and translated where they are shown."""

from collections.abc import Mapping
from typing import Any


def N_(text: str) -> str:
    """Mark `text` for translation and return it unchanged; the page translates it when it is shown."""
    return text


class Message:
    """A translatable sentence together with the values it names.

    `text` uses `%(name)s` placeholders; `str(message)` is the English sentence.
    """

    __slots__ = ("params", "text")

    def __init__(self, text: str, **params: Any) -> None:
        self.text = text
        self.params: Mapping[str, Any] = params

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, dict(self.params)) == (other.text, dict(other.params))

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((key, str(value)) for key, value in self.params.items()))))


class Phrase(str):
    """A Message where only a text fits: the English sentence, which readers get in their own language."""

    __slots__ = ("message",)

    def __new__(cls, message: Message) -> "Phrase":
        phrase = super().__new__(cls, str(message))
        phrase.message = message
        return phrase


class Lowered(str):
    """A label within a sentence: "deals"; readers get it in their own language, in small letters."""

    __slots__ = ("label",)

    def __new__(cls, label: str) -> "Lowered":
        lowered = super().__new__(cls, label.lower())
        lowered.label = label
        return lowered


def stored_message(message: Message, longest: int | None = None) -> list[Any]:
    """A message as JSON can hold it, with those that stand in it; its other texts cut off after `longest` signs."""
    return [message.text, {name: _stored(value, longest) for name, value in message.params.items()}]


def message_of(stored: Any) -> Message:
    """The message that `stored_message` wrote."""
    text, params = stored
    return Message(text, **{name: _value_of(one) for name, one in params.items()})


def _stored(value: Any, longest: int | None) -> Any:
    if isinstance(value, Phrase):
        value = value.message
    if isinstance(value, Message):
        return stored_message(value, longest)
    if isinstance(value, Lowered):
        return {"lowered": value.label}
    return value if isinstance(value, int) else str(value)[:longest]


def _value_of(stored: Any) -> Any:
    if isinstance(stored, dict):
        return Lowered(stored["lowered"])
    return message_of(stored) if isinstance(stored, list) else stored


class InvalidValue(ValueError):
    """What was typed cannot be taken; `message` says why, in words for the person who typed it."""

    def __init__(self, message: Message | str) -> None:
        self.message = message if isinstance(message, Message) else Message(message)
        super().__init__(str(self.message))
