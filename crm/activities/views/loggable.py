"""Whether a kind of activity can be logged on a record by whoever asks."""

from crm.activities.operations import get_kind
from crm.activities.types.base import ActivityType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.queries import RecordRow
from crm.web.auth import viewer


def loggable(name: str, record: RecordRow) -> ActivityType:
    """The kind called `name`, if it belongs on such a record and this person may log it; raises NotFound, Forbidden."""
    kind = get_kind(name)
    if not record.type.takes(kind.object_type):
        raise NotFound(f"{kind.object_type} is not logged on {record.type.plural_name}")
    if not viewer().may(kind.object_type, Verb.CREATE):
        raise Forbidden(f"{viewer().name} may not log {kind.object_type}")
    return kind
