"""How an activity comes about."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from crm.records.source import SCREEN, Source


@dataclass(frozen=True)
class Origin:
    """The way an activity was made and what the rules need to know of it.

    `record_ids` are the links chosen by hand, None to take those of the rules. What a rule adds although the form had
    not offered it (`offered_ids`; None: it had offered everything) was not refused, and stays. `contacted_ids` are the
    contacts an e-mail or call went to, `people_ids` those who took part, whoever called whom. `is_reply` says that it
    answers an e-mail of the same thread, `answers_id` which one where that has no thread yet; `conversation_ids` are
    the records of the conversation of the inbox it belongs to. `created_at` (UTC) is when it was logged, now unless an
    import says otherwise.
    """

    created_via: str = "record"
    record_ids: Collection[int] | None = None
    offered_ids: Collection[int] | None = None
    contacted_ids: Collection[int] = ()
    people_ids: Collection[int] = ()
    source: Source = SCREEN
    created_at: datetime | None = None
    is_reply: bool = False
    answers_id: int | None = None
    conversation_ids: Collection[int] = ()
