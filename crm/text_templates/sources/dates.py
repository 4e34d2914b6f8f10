"""The day on which a text is used, by the clock of whoever writes."""

from collections.abc import Sequence
from datetime import timedelta

from crm.clock import now
from crm.messages import N_
from crm.permissions.viewer import Viewer
from crm.properties.types.date import day_text
from crm.text_templates.sources import Choice, Filling, Group, TokenSource, token_sources

DAYS = {"today": (N_("Today"), 0), "tomorrow": (N_("Tomorrow"), 1), "in_a_week": (N_("In a week"), 7)}


def _offered(_viewer: Viewer) -> Sequence[Group]:
    return [Group(N_("Dates"), [Choice(name, label) for name, (label, _days) in DAYS.items()])]


def _value(filling: Filling, scope: str, name: str) -> str | None:
    if name or scope not in DAYS:
        return None
    today = now().astimezone(filling.context.time_zone).date()
    return day_text(today + timedelta(days=DAYS[scope][1]), filling.context.locale)


token_sources.register(TokenSource("dates", _offered, _value, position=30))
