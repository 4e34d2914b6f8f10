"""How thorough a run of the tests is: as usual, or with KARTOTEK_TEST_EVERYTHING as thorough as can be."""

import os
from typing import TypeVar

EVERYTHING = bool(os.environ.get("KARTOTEK_TEST_EVERYTHING"))
Amount = TypeVar("Amount")


def usually(enough: Amount, everything: Amount) -> Amount:
    """What is `enough` for a run before every commit, or `everything` where that was asked for."""
    return everything if EVERYTHING else enough
