"""What the Actions menu of an index page offers: one file for each tool (SPEC 5.1, DESIGN 10)."""

from collections.abc import Callable
from dataclasses import dataclass

from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.registry import Registry


@dataclass(frozen=True)
class IndexTool:
    """A page that `url` finds for an object type; it is offered to whom `is_for` says, and asks for the same itself."""

    name: str
    label: str
    icon: str
    url: Callable[[ObjectType], str]
    is_for: Callable[[Viewer, ObjectType], bool]
    position: int = 100


index_tools: Registry[IndexTool] = Registry("index tool")


def index_tools_for(viewer: Viewer, object_type: ObjectType) -> list[IndexTool]:
    """What this person may do on the index page of `object_type`, in order."""
    return [tool for tool in index_tools if tool.is_for(viewer, object_type)]
