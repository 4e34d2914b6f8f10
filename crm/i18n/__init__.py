"""In which language, and by which clock, the person reading an answer wants to read it (SPEC 0.2).

Flask-Babel finds and loads the catalogues. Its own Jinja callables cost 18 us a text (measured), a page shows a
hundred; `reader()` resolves language and zone once per request and then costs a dictionary look-up.
"""
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import flask_babel
from babel.support import Translations
from flask import Flask, current_app, has_request_context, request
from markupsafe import Markup

from crm.clock import now
from crm.i18n.dates import DateFormats, formats_for
from crm.messages import N_, Lowered, Message, Phrase
from crm.permissions.viewer import Viewer

LOCALES = ("en", "pl", "sv", "zh_Hant")
LANGUAGE_NAMES = {"en": "English", "pl": "Polski", "sv": "Svenska", "zh_Hant": "繁體中文"}
TRANSLATIONS = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Reader:
    """Language, time zone and formats of one reader."""

    locale: str
    zone: ZoneInfo
    dates: DateFormats
    find: Callable[[str], str]
    find_plural: Callable[[str, str, int], str]

    def gettext(self, text: str, /, **values: Any) -> str:
        """`text` in the reader's language with `values` put in; Markup only when a value is."""
        return _fill(self.find(text), values)

    def ngettext(self, singular: str, plural: str, number: int, /, **values: Any) -> str:
        """The form of the text that goes with `number`, which it may show as `%(num)s`."""
        values.setdefault("num", number)
        return _fill(self.find_plural(singular, plural, number), values)

    def translate(self, value: Any) -> str:
        """A marked text or a Message in the reader's language; anything else as it is."""
        if isinstance(value, Phrase):
            value = value.message
        if isinstance(value, Message):
            params = {key: self.translate(item) for key, item in value.params.items()}
            return _fill(self.find(value.text), params)
        if isinstance(value, Lowered):
            return self.find(value.label).lower()
        return self.find(value) if isinstance(value, str) and value else value

    def local(self, moment: datetime) -> datetime:
        """A moment by the reader's clock."""
        return moment.astimezone(self.zone)

    def moment(self, moment: datetime | None) -> str:
        """Date and time: 12 Mar 2026, 14:05; "" for None."""
        return self.dates.moment(moment.astimezone(self.zone)) if moment else ""

    def day(self, day: date | datetime | None) -> str:
        """A date as it is, of a moment the reader's date: 12 Mar 2026; "" for None."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone)
        return self.dates.day(day) if day else ""

    def clock(self, moment: datetime | None) -> str:
        """The reader's time of day: 14:05; "" for None."""
        return self.dates.clock(moment.astimezone(self.zone)) if moment else ""

    def month(self, day: date | datetime | None) -> str:
        """Month and year: March 2026; "" for None."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone)
        return self.dates.month(day) if day else ""

    def ago(self, moment: datetime | None) -> str:
        """How long ago, or in how long: 3 hours ago; "" for None."""
        if moment is None:
            return ""
        return self.dates.ago((moment - now()).total_seconds()) or self.find(N_("just now"))


def setup_i18n(app: Flask, viewer: Callable[[], Viewer | None], default_zone: str) -> None:
    """Let `app` answer in the language and zone of `viewer()`, else of the browser and the settings."""

    def locale() -> str:
        person = viewer()
        return person.locale if person and person.locale in LOCALES else _browser_locale()

    def zone() -> str:
        person = viewer()
        return person.time_zone if person else default_zone

    flask_babel.Babel(
        app,
        configure_jinja=False,
        default_translation_directories=str(TRANSLATIONS),
        default_timezone=default_zone,
        locale_selector=locale,
        timezone_selector=zone,
    )
    app.extensions["kartotek_reader"] = (locale, zone)


_reader: ContextVar[Reader | None] = ContextVar("kartotek_reader", default=None)


def reader() -> Reader:
    """Who reads this answer; outside of requests somebody who reads English, in UTC."""
    known = _reader.get()
    if known is None:
        known = _find_reader()
        _reader.set(known)
    return known


def reader_for(locale: str, zone: str) -> Reader:
    """Somebody who reads this language by this clock, for what is made while they are not there."""
    return _make_reader(locale if locale in LOCALES else "en", zone)


@cache
def available_locales() -> tuple[tuple[str, str], ...]:
    """The languages the program can be read in, with their own names: English, and those with a catalogue."""
    has_catalogue = {path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")}
    return tuple((name, LANGUAGE_NAMES[name]) for name in LOCALES if name == "en" or name in has_catalogue)


def forget_reader() -> None:
    """Look anew at who reads: called at the start of each request and when somebody signs in or out."""
    _reader.set(None)


def translate(value: Any) -> str:
    """A marked text or a Message in the language of the reader."""
    return reader().translate(value)


def gettext(text: str, /, **values: Any) -> str:
    """`_` of the templates."""
    return reader().gettext(text, **values)


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """`ngettext` of the templates."""
    return reader().ngettext(singular, plural, number, **values)


def _find_reader() -> Reader:
    if not has_request_context():
        return _make_reader("en", "UTC")
    locale, zone = current_app.extensions["kartotek_reader"]
    return _make_reader(locale(), zone())


@cache
def _make_reader(locale: str, zone: str) -> Reader:
    find, find_plural = _catalogue(locale)
    return Reader(locale, _zone(zone), formats_for(locale), find, find_plural)


def _catalogue(locale: str) -> tuple[Callable[[str], str], Callable[[str, str, int], str]]:
    loaded = Translations.load(TRANSLATIONS, [locale])
    return loaded.gettext, loaded.ngettext


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _browser_locale() -> str:
    for language in request.accept_languages.values():
        primary = language.replace("_", "-").split("-")[0].lower()
        if primary == "zh":
            return "zh_Hant"
        if primary in LOCALES:
            return primary
    return "en"


def _fill(text: str, values: dict[str, Any]) -> str:
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return Markup("{}").format(text) % values
    return text % values
