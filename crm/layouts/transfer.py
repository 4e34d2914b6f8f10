"""Layouts as text files: written so that people can read them, and read so that nothing wrong gets in (SPEC 1.7)."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.card_settings import checked_condition, checked_settings
from crm.layouts.cards import CardType, card_types
from crm.layouts.content import ACTIVITIES_LABEL, OVERVIEW_LABEL, to_data
from crm.layouts.editing import (
    COLUMN_LABELS,
    FIXED,
    NOT_THERE,
    TOO_MANY_CARDS,
    TOO_MANY_TABS,
    TWICE,
    UNKNOWN_KIND,
    InvalidLayout,
    kinds_for,
    short,
    tab_name,
)
from crm.layouts.layout import (
    ACTIVITIES,
    MOST_CARDS,
    MOST_TABS,
    OVERVIEW,
    CardCondition,
    Place,
    PlacedCard,
    RecordLayout,
    Tab,
)
from crm.layouts.stored import StoredLayout
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.cleaning import clean_line, excerpt

VERSION = 1
MARK = "kartotek_layout"
TAB = "tab"
MOST_BYTES = 1_000_000
MOST_FAULTS = 50
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
SWITCHES = ("is_collapsed", "may_move", "may_edit")
CARD_FIELDS = frozenset({"key", "kind", "title", "settings", "condition", *SWITCHES})
TAB_FIELDS = frozenset({"key", "label", "cards", "condition"})
FILE_FIELDS = frozenset({MARK, "object", "name", "left", "tabs", "right", "preview"})
CONDITION_FIELDS = frozenset({"property", "operator", "values"})
AT = N_("%(place)s: %(fault)s")
CARD_AT = N_("%(column)s, card %(number)s")
SETTING_AT = N_("%(card)s, setting “%(setting)s”")
CONDITION_AT = N_("%(part)s, condition")
TAB_AT = N_("Tab %(number)s")
THE_FILE = N_("The file")
NOT_JSON = N_("This is not a file of a view: it cannot be read.")
TOO_LARGE = N_("The file is too large for a view.")
NOT_OURS = N_("This is not a file of a view: it does not begin with “%(mark)s”.")
OTHER_VERSION = N_("This file is of another version of Kartotek.")
OTHER_OBJECT = N_("This view is for other records: %(object)s.")
NOT_A_LIST, NOT_AN_OBJECT = N_("must be a list"), N_("must be a group of names and values")
NOT_A_TEXT, NOT_A_SWITCH = N_("“%(name)s” must be a text"), N_("“%(name)s” must be true or false")
UNKNOWN_FIELD = N_("does not know “%(name)s”")
BAD_KEY, KEY_TWICE = N_("the key is not possible"), N_("the key “%(key)s” is used twice")
OVERVIEW_FIRST = N_("the first tab must be the overview")
ACTIVITIES_ONCE = N_("the tab of the activities must be there once, without cards or condition")


class InvalidFile(ValueError):
    """A file is no layout that could be used; `faults` say what is wrong and where, the first MOST_FAULTS of them."""

    def __init__(self, faults: Sequence[Message]) -> None:
        self.faults = list(faults[:MOST_FAULTS])
        super().__init__("; ".join(map(str, self.faults)))


def to_file(stored: StoredLayout) -> str:
    """A layout as a text file."""
    head = {MARK: VERSION, "object": stored.object_type, "name": stored.name}
    return json.dumps(head | to_data(stored.layout), ensure_ascii=False, indent=2) + "\n"


def from_file(object_type: ObjectType, content: bytes) -> tuple[str, RecordLayout]:
    """The name and the layout that a file holds, checked whole; raises InvalidFile."""
    if len(content) > MOST_BYTES:
        raise InvalidFile([Message(TOO_LARGE)])
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InvalidFile([Message(NOT_JSON)]) from None
    _refuse_head(object_type, data)
    reader = _Reader(object_type)
    reader.refuse_unknown(THE_FILE, data, FILE_FIELDS)
    layout = reader.layout(data)
    name = reader.text(THE_FILE, data, "name")
    if reader.faults:
        raise InvalidFile(reader.faults)
    return name, layout


def _refuse_head(object_type: ObjectType, data: Any) -> None:
    if not isinstance(data, Mapping) or MARK not in data:
        raise InvalidFile([Message(NOT_OURS, mark=MARK)])
    if isinstance(data[MARK], bool) or data[MARK] != VERSION:
        raise InvalidFile([Message(OTHER_VERSION)])
    if data.get("object") != object_type.name:
        raise InvalidFile([Message(OTHER_OBJECT, object=_said(data.get("object")))])


class _Reader:
    """Reads the parts of a file and collects what is wrong with them."""

    def __init__(self, object_type: ObjectType) -> None:
        self.object_type = object_type
        self.faults: list[Message] = []
        self._keys: set[tuple[bool, str]] = set()

    def fault(self, place: Any, text: str | Message, **params: Any) -> None:
        """Note what is wrong at a place."""
        said = text if isinstance(text, Message) else Message(text, **params)
        self.faults.append(Message(AT, place=place, fault=said))

    def layout(self, data: Mapping[str, Any]) -> RecordLayout:
        """The whole layout, as far as it can be read."""
        fixed = {name: self._cards(name, COLUMN_LABELS[Place(name)], data.get(name, [])) for name in sorted(FIXED)}
        return RecordLayout(tabs=self._tabs(data.get("tabs")), **fixed)

    def text(self, place: Any, data: Mapping[str, Any], name: str) -> str:
        """The text of a field, short enough for a heading; "" where there is none."""
        value = data.get(name, "")
        if not isinstance(value, str):
            self.fault(place, NOT_A_TEXT, name=name)
            return ""
        try:
            return short(clean_line(value), name)
        except InvalidLayout as error:
            self.fault(place, error.errors[name])
            return ""

    def refuse_unknown(self, place: Any, data: Mapping[str, Any], known: frozenset[str]) -> None:
        """Note every field that is not one of `known`."""
        for name in data:
            if name not in known:
                self.fault(place, UNKNOWN_FIELD, name=_said(name))

    def _tabs(self, data: Any) -> tuple[Tab, ...]:
        middle = COLUMN_LABELS[Place.MIDDLE]
        if not isinstance(data, list) or not all(isinstance(one, Mapping) for one in data):
            self.fault(middle, NOT_A_LIST)
            return ()
        keys = [one.get("key") for one in data]
        if len(data) > MOST_TABS:
            self.fault(middle, TOO_MANY_TABS, limit=MOST_TABS)
            return ()
        if keys[:1] != [OVERVIEW]:
            self.fault(middle, OVERVIEW_FIRST)
        ends = [one for one in data if one.get("key") == ACTIVITIES]
        if len(ends) != 1 or ends[0].get("cards") or ends[0].get("condition"):
            self.fault(middle, ACTIVITIES_ONCE)
        return tuple(self._tab(Message(TAB_AT, number=number), one) for number, one in enumerate(data, 1))

    def _tab(self, place: Message, data: Mapping[str, Any]) -> Tab:
        self.refuse_unknown(place, data, TAB_FIELDS)
        key = self._key(place, data, TAB)
        if key in FIXED:
            self.fault(place, BAD_KEY)
        if key == ACTIVITIES:
            return Tab(ACTIVITIES, ACTIVITIES_LABEL)
        label = self.text(place, data, "label")
        try:
            label = label or (OVERVIEW_LABEL if key == OVERVIEW else tab_name(label))
        except InvalidLayout as error:
            self.fault(place, error.errors["label"])
        condition = None if key == OVERVIEW else self._condition(place, data.get("condition"))
        return Tab(key, label, self._cards(key, place, data.get("cards", [])), condition)

    def _cards(self, column: str, place: Any, data: Any) -> tuple[PlacedCard, ...]:
        if not isinstance(data, list):
            self.fault(place, NOT_A_LIST)
            return ()
        if len(data) > MOST_CARDS:
            self.fault(place, TOO_MANY_CARDS, limit=MOST_CARDS)
            return ()
        offered = kinds_for(self.object_type, Place(column) if column in FIXED else Place.MIDDLE)
        found = []
        for number, one in enumerate(data, 1):
            here = Message(CARD_AT, column=place, number=number)
            card = self._card(here, one, offered)
            kind = card_types.get(card.kind) if card else None
            if kind and kind.is_single and any(other.kind == kind.name for other in found):
                self.fault(here, TWICE, card=kind.label)
            found += [card] if card else []
        return tuple(found)

    def _card(self, place: Message, data: Any, offered: Sequence[CardType]) -> PlacedCard | None:
        if not isinstance(data, Mapping):
            self.fault(place, NOT_AN_OBJECT)
            return None
        self.refuse_unknown(place, data, CARD_FIELDS)
        name = data.get("kind")
        kind = card_types.get(name) if isinstance(name, str) else None
        if kind is None or kind not in offered:
            self.fault(place, UNKNOWN_KIND if kind is None else NOT_THERE, kind=_said(name), card=_said(name))
            return None
        switches = {one: data[one] for one in SWITCHES if one in data}
        for one, value in switches.items():
            if not isinstance(value, bool):
                self.fault(place, NOT_A_SWITCH, name=one)
        return PlacedCard(
            key=self._key(place, data, kind.name),
            kind=kind.name,
            title=self.text(place, data, "title"),
            settings=self._settings(place, kind, data.get("settings", {})),
            condition=self._condition(place, data.get("condition")),
            **switches,
        )

    def _key(self, place: Message, data: Mapping[str, Any], prefix: str) -> str:
        key = data.get("key", f"{prefix}-{secrets.token_hex(4)}")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            self.fault(place, BAD_KEY)
            return ""
        if (prefix == TAB, key) in self._keys:
            self.fault(place, KEY_TWICE, key=key)
        self._keys.add((prefix == TAB, key))
        return key

    def _settings(self, place: Message, kind: CardType, data: Any) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            self.fault(place, NOT_AN_OBJECT)
            return {}
        settings, errors = checked_settings(kind, data, self.object_type)
        for name, message in errors.items():
            self.fault(Message(SETTING_AT, card=place, setting=_said(name)), message)
        return settings

    def _condition(self, place: Message, data: Any) -> CardCondition | None:
        if data is None:
            return None
        here = Message(CONDITION_AT, part=place)
        values = data.get("values", []) if isinstance(data, Mapping) else None
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            self.fault(here, NOT_AN_OBJECT)
            return None
        self.refuse_unknown(here, data, CONDITION_FIELDS)
        name, operator = data.get("property"), data.get("operator")
        try:
            found, errors = checked_condition(self.object_type, str(name or "?"), str(operator), values)
        except InvalidValue as error:
            found, errors = None, {"values": error.message}
        for message in errors.values():
            self.fault(here, message)
        return found


def _said(value: Any) -> str:
    """What stands in a file, fit to be shown in a message."""
    return excerpt(clean_line(str(value)))
