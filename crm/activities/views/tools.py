"""What stands under the fields of a composer: moments to choose from, and numbers to call."""

from crm.activities.types.base import ActivityType
from crm.clock import now
from crm.messages import Message
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show
from crm.web.context import reading_context


def shortcuts(kind: ActivityType) -> list[tuple[Message, str]]:
    """The moments a kind offers, each with what a browser's field for date and time takes, in the reader's zone."""
    zone = reading_context().time_zone
    moments = kind.shortcuts(now(), zone)
    return [(label, moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")) for label, moment in moments]


def call_numbers(record: RecordRow, kind: ActivityType) -> list[Shown]:
    """The telephone numbers of a record, with their `tel:` addresses, for kinds that are reached by one (SPEC 8.5)."""
    if "phone" not in kind.reached_by:
        return []
    known = [one for one in record.type.properties.values() if one.type == "phone" and record.values.get(one.name)]
    found = [show(one, record.values[one.name], reading_context()) for one in known]
    return [one for one in found if one.href]
