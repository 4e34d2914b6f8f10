"""How search is, in words for the person who looks after it."""

from dataclasses import dataclass

from crm.messages import N_, Message
from crm.search.status import Building, Status

BEGINNING = N_("A rebuild begins in a moment. Search goes on meanwhile.")
NO_INDEX = N_("There is no index yet. The worker builds one; until then only the newest activities are searched.")
FIRST = N_("The index is being built. Until then only the newest activities are searched.")
PART = N_("The index is being rebuilt. Search goes on; until it is done some activities may be missing.")
AGAIN = N_("The index is being rebuilt. Search goes on and finds everything meanwhile.")
FAILING = N_("Search has fallen far behind: somebody else's changes are not found. Is the worker running?")
LATE = N_("Search is a little behind. People find their own changes at once, those of others in a moment.")
SOME_DEAD = N_("Search is up to date, but for what could not be indexed.")
WELL = N_("Search is up to date.")

SECONDS_LEFT = N_("about %(count)s seconds left")
MINUTES_LEFT = N_("about %(count)s minutes left")
MINUTE = 60
ROUGHLY = 10


@dataclass(frozen=True)
class SearchState:
    """One word for the badge and its tone, one sentence, and whether it will soon be another."""

    word: str
    tone: str
    sentence: str
    is_busy: bool = False


def state_of(status: Status, is_asked_for: bool) -> SearchState:
    """What to say first; `is_asked_for`: somebody asked for a rebuild and it has not begun."""
    if status.building is not None:
        sentence = AGAIN if status.is_whole else PART if status.is_usable else FIRST
        return SearchState(N_("Rebuilding"), "accent", sentence, is_busy=True)
    if is_asked_for:
        return SearchState(N_("Rebuilding"), "accent", BEGINNING, is_busy=True)
    if not status.is_usable:
        return SearchState(N_("No index"), "danger", NO_INDEX, is_busy=True)
    if status.lag.is_failing:
        return SearchState(N_("Far behind"), "danger", FAILING, is_busy=True)
    if status.lag.is_late:
        return SearchState(N_("Behind"), "warn", LATE, is_busy=True)
    if status.dead_count:
        return SearchState(N_("Nearly complete"), "warn", SOME_DEAD)
    return SearchState(N_("Up to date"), "good", WELL)


def time_left(building: Building) -> Message | None:
    """How long a build will still take, roughly; None when that cannot be told."""
    seconds = building.seconds_left
    if seconds is None:
        return None
    if seconds < 2 * MINUTE:
        return Message(SECONDS_LEFT, count=max(ROUGHLY, round(seconds / ROUGHLY) * ROUGHLY))
    return Message(MINUTES_LEFT, count=round(seconds / MINUTE))
