"""What the Actions menu of a record offers: one file for each tool (SPEC 1.3, DESIGN 10)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.registry import Registry


def may(verb: Verb) -> Callable[[Viewer, RecordRow], bool]:
    """Whether the person may do `verb` with the record."""
    return lambda viewer, record: viewer.covers(record.object_type, verb, record.owner_id)


@dataclass(frozen=True)
class Switch:
    """A tool that does something at once: a form of these `fields`, sent to `/records/<id>/<path>`."""

    label: str
    icon: str
    path: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class RecordTool:
    """A page at `/records/<id>/<path>`; it is offered to whom `is_for` says, and asks for the same right itself.

    `url`, where it is given, makes an address outside of that; such a page opens in a new tab. One that `is_short`
    opens in a dialog above the record. One with a `switch` is no page but does what the switch says for this record.
    """

    name: str
    label: str
    icon: str
    path: str = ""
    is_for: Callable[[Viewer, RecordRow], bool] = may(Verb.VIEW)
    url: Callable[[RecordRow], str] | None = None
    is_dangerous: bool = False
    is_short: bool = False
    switch: Callable[[Viewer, RecordRow], Switch] | None = None
    position: int = 100

    def href(self, record: RecordRow) -> str:
        """Where it leads."""
        return self.url(record) if self.url else f"/records/{record.id}/{self.path}"


record_tools: Registry[RecordTool] = Registry("record tool")


def tools_for(viewer: Viewer, record: RecordRow) -> list[RecordTool]:
    """What this person may do with the record, in order."""
    return [tool for tool in record_tools if tool.is_for(viewer, record)]


def switches(viewer: Viewer, record: RecordRow, tools: Iterable[RecordTool]) -> dict[str, Switch]:
    """What those of the tools that are switches would do now, by the name of the tool."""
    return {tool.name: tool.switch(viewer, record) for tool in tools if tool.switch is not None}
