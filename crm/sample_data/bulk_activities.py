"""Rows of made-up activities: what each kind knows, as the columns of its table."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crm.activities.types import activity_types
from crm.sample_data.vocabulary import Words

# How many of a thousand activities are of each kind.
SHARES = {
    "email": 360,
    "note": 250,
    "call": 200,
    "task": 100,
    "meeting": 50,
    "linkedin_message": 18,
    "sms": 12,
    "whatsapp": 8,
    "postal_mail": 2,
}
STILL_OPEN = timedelta(days=30)


class ActivityWriter:
    """Invents activities; the same ones for the same seed."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance = chance
        self._words = Words(chance)
        self._now = now
        self._kinds = [kind for kind in SHARES for _ in range(SHARES[kind])]

    def kind(self) -> str:
        """The kind of the next activity, by its share."""
        return self._chance.choice(self._kinds)

    def values(self, kind: str, moment: datetime, email: str) -> dict[str, Any]:
        """Parsed values of an activity of this kind at `moment`, with the person behind `email`."""
        values: dict[str, Any] = {
            "body": f"<p>{self._words.sentences(4)}</p>",
            "activity_date": moment,
            "created_via": "record",
        }
        values |= dict(activity_types.get(kind).fixed_values)  # type: ignore[union-attr]
        values |= getattr(self, f"_{kind}", self._message)(moment, email)
        return values

    def _note(self, _moment: datetime, _email: str) -> Mapping[str, Any]:
        return {}

    def _message(self, _moment: datetime, _email: str) -> Mapping[str, Any]:
        return {"direction": self._chance.choice(["INBOUND", "OUTBOUND"])}

    def _email(self, _moment: datetime, email: str) -> Mapping[str, Any]:
        received = self._chance.random() < 0.4
        return {
            "title": self._words.heading(),
            "direction": "INCOMING_EMAIL" if received else "EMAIL",
            "from_address": email if received else "sales@lindqvist.example",
            "to_addresses": "sales@lindqvist.example" if received else email,
            "status": "SENT",
        }

    def _call(self, _moment: datetime, _email: str) -> Mapping[str, Any]:
        outcome = self._chance.choice(["CONNECTED", "CONNECTED", "NO_ANSWER", "LEFT_VOICEMAIL", "BUSY"])
        return {
            "title": self._words.heading(),
            "outcome": outcome,
            "direction": self._chance.choice(["INBOUND", "OUTBOUND"]),
            "duration_ms": self._chance.randrange(20_000, 1_800_000, 1_000),
            "status": "COMPLETED",
        }

    def _task(self, moment: datetime, _email: str) -> Mapping[str, Any]:
        is_open = moment > self._now - STILL_OPEN and self._chance.random() < 0.3
        return {
            "title": self._words.heading(),
            "task_type": self._chance.choice(["TODO", "CALL", "EMAIL"]),
            "priority": self._chance.choice(["NONE", "LOW", "MEDIUM", "HIGH"]),
            "status": "NOT_STARTED" if is_open else "COMPLETED",
            "completed_at": None if is_open else moment,
        }

    def _meeting(self, moment: datetime, _email: str) -> Mapping[str, Any]:
        return {
            "title": self._words.heading(),
            "ends_at": moment + timedelta(hours=1),
            "outcome": self._chance.choice(["COMPLETED", "COMPLETED", "COMPLETED", "NO_SHOW"]),
            "meeting_type": self._chance.choice(["DISCOVERY", "DEMONSTRATION", "FOLLOW_UP"]),
        }
