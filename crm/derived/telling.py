"""Recomputing everything with somebody at the terminal who wants to know how far it is."""

import time
from collections.abc import Callable

from crm.derived.recomputing import recompute
from crm.objects.queries import schema

TOLD_EVERY_SECONDS = 2
Say = Callable[[str], None]


def recompute_and_tell(plural_name: str, say: Say) -> int:
    """Compute all derived values anew, or those of one object by its plural name; how many differed.

    Raises NotFound.
    """
    found = recompute(schema().by_plural(plural_name).name if plural_name else None, _telling(say))
    for (object_type, name), count in sorted(found.differing.items()):
        say(f"{schema().object_type(object_type).plural_name}: {name} differed on {count:,}")
    say(f"{found.values:,} values differed and are right now." if found.values else "Every value was right.")
    return found.values


def _telling(say: Say) -> Callable[[str, int, int], None]:
    told = time.monotonic()

    def tell(object_type: str, done: int, total: int) -> None:
        nonlocal told
        moment = time.monotonic()
        if moment - told >= TOLD_EVERY_SECONDS:
            told = moment
            say(f"{done:,} of {total:,} {schema().object_type(object_type).plural_name}")

    return tell
