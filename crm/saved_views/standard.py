"""The views that every object has and nobody can change (SPEC 5.3, K21)."""

from crm.filters.addresses import write_condition
from crm.filters.tree import Condition
from crm.messages import N_, Lowered, Message
from crm.objects.schema import ObjectType
from crm.records.rows import OWNER
from crm.saved_views.state import ViewState
from crm.saved_views.view import View

ALL = "all"
CREATED = "createdate"
RECENT_DAYS = "7"


def standard_views(kind: ObjectType) -> list[View]:
    """Those of the records of an object, as far as it has the properties they ask for."""
    objects = Lowered(kind.plural_label)
    found = [View(ALL, Message(N_("All %(objects)s"), objects=objects), ViewState())]
    if OWNER in kind.properties:
        mine, nobodys = Condition(OWNER, "any", ("me",)), Condition(OWNER, "unknown")
        found += [
            _view("my", Message(N_("My %(objects)s"), objects=objects), mine),
            _view("unassigned", Message(N_("Unassigned")), nobodys),
        ]
    if CREATED in kind.properties:
        recent = Condition(CREATED, "last", (RECENT_DAYS, "days"))
        found.append(_view("recent", Message(N_("Recently created")), recent))
    return found


def _view(key: str, name: Message, condition: Condition) -> View:
    return View(key, name, ViewState(filter=(write_condition(condition),)))
