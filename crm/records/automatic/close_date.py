"""When a deal will close, or has closed (SPEC 2.9).

A deal made by hand gets the close date the account has chosen, unless the form had one and it was left empty. Closing
a deal sets it to now; whoever types one at the same time is believed. Reopening may empty it.
"""

import calendar
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from crm.accounts.account_settings import Setting, yes_or_no
from crm.clock import account_zone
from crm.messages import N_
from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change
from crm.records.source import SourceKind
from crm.records.stage_moves import move_of

CLOSE_DATE = "closedate"
DEAL = "deal"
BY_HAND = frozenset({SourceKind.SCREEN, SourceKind.FORM, SourceKind.API})
MOST = 1_000


class Until(StrEnum):
    """What a new deal's close date may be by itself."""

    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    NONE = "none"


COUNTED = frozenset({Until.DAYS, Until.WEEKS, Until.MONTHS})
UNTIL_LABELS = {
    Until.THIS_MONTH: N_("The last day of this month"),
    Until.NEXT_MONTH: N_("The last day of next month"),
    Until.DAYS: N_("Days after it is created"),
    Until.WEEKS: N_("Weeks after it is created"),
    Until.MONTHS: N_("Months after it is created"),
    Until.NONE: N_("None"),
}


@dataclass(frozen=True)
class CloseDateDefault:
    """The close date of a new deal; `number` counts the days, weeks or months of those that need one."""

    until: Until = Until.THIS_MONTH
    number: int = 1

    def after(self, moment: datetime) -> datetime | None:
        """The close date of a deal made at `moment`, at the same time of day in the account's zone; None for none."""
        here = moment.astimezone(account_zone())
        if self.until is Until.NONE:
            return None
        if self.until is Until.THIS_MONTH:
            found = here.replace(day=_last_day(here.year, here.month))
        elif self.until is Until.NEXT_MONTH:
            next_month = _months_later(here, 1)
            found = next_month.replace(day=_last_day(next_month.year, next_month.month))
        elif self.until is Until.MONTHS:
            found = _months_later(here, self.number)
        else:
            found = here + timedelta(**{self.until.value: self.number})
        return found.astimezone(moment.tzinfo)


def _read(stored: Any) -> CloseDateDefault:
    number = stored["number"]
    if not isinstance(number, int) or not 1 <= number <= MOST:
        raise ValueError("no such number")
    return CloseDateDefault(Until(stored["until"]), number)


DEFAULT = Setting("close_date_default", N_("Close date of new deals"), CloseDateDefault(), _read, asdict)
CLEARED_ON_REOPENING = Setting("reopening_clears_close_date", N_("Reopening clears the date"), False, yes_or_no)


def _months_later(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, _last_day(year, month)))


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def default_close_date(moment: datetime) -> datetime | None:
    """The close date a deal made by hand at `moment` gets when none is given."""
    return DEFAULT.get().after(moment)


def _values(change: Change) -> Mapping[str, Any]:
    if change.kind.name != DEAL or CLOSE_DATE not in change.kind.properties:
        return {}
    if change.is_new:
        if change.whole.get(CLOSE_DATE) is not None or change.source.kind not in BY_HAND:
            return {}
        stage = change.kind.stages.get(change.whole.get("dealstage") or "")
        if stage is not None and stage.is_closed:
            return {CLOSE_DATE: change.moment}
        return {} if CLOSE_DATE in change.asked else {CLOSE_DATE: default_close_date(change.moment)}
    move = move_of(change)
    if move is None or move.was is None or CLOSE_DATE in change.after or move.was.is_closed == move.stage.is_closed:
        return {}
    if move.stage.is_closed:
        return {CLOSE_DATE: change.moment}
    return {CLOSE_DATE: None} if CLEARED_ON_REOPENING.get() else {}


automatic_values.register(AutomaticValue("close_date", _values, position=50))
