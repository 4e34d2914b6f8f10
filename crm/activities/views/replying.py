"""Answering an e-mail from its menu: the composer knows which one, and the answer follows it (SPEC 6.6 E1)."""

from dataclasses import replace
from typing import Any

from flask import request

from crm.activities.drafts import draft_for
from crm.activities.origin import Origin
from crm.activities.queries import ActivityRow, get_activity
from crm.activities.replying import EMAIL, begin_thread
from crm.activities.types.base import ActivityType, Values
from crm.messages import InvalidValue
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow
from crm.web.auth import viewer
from crm.web.numbers import whole_number

REPLY_TO = "reply_to"


def answered(kind: ActivityType) -> ActivityRow | None:
    """The e-mail that the composer of this request answers, None for none and for one that is gone by now."""
    sent = request.values.get(REPLY_TO, "")
    if kind.name != EMAIL or not sent:
        return None
    try:
        found = get_activity(viewer(), whole_number(sent))
    except (NotFound, InvalidValue):
        return None
    return found if found.kind == EMAIL else None


def begins_another_answer(record: RecordRow, kind: ActivityType) -> bool:
    """Whether somebody answers an e-mail, and what they have typed here earlier was something else."""
    asked = request.args.get(REPLY_TO, "")
    if not asked:
        return False
    draft = draft_for(viewer(), record.id, kind.name)
    return draft is None or dict(draft.pairs).get(REPLY_TO) != asked


def offered_origin(kind: ActivityType, values: Values, contacted: list[int]) -> tuple[Origin, dict[str, Any]]:
    """How the activity would come about, and its values with the thread it would belong to."""
    email = answered(kind)
    if email is None:
        return Origin(contacted_ids=contacted), dict(values)
    thread = {"thread_id": email.values.get("thread_id")}
    return Origin(contacted_ids=contacted, is_reply=True, answers_id=email.id), {**values, **thread}


def as_answer(email: ActivityRow | None, values: Values, origin: Origin) -> tuple[dict[str, Any], Origin]:
    """Values and origin of an activity that answers an e-mail, if it does; inside the unit of work that logs it."""
    if email is None:
        return dict(values), origin
    return {**values, "thread_id": begin_thread(email.id)}, replace(origin, is_reply=True)
