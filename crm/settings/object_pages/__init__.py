"""What can be set about one object type, as tabs under /settings/objects/<objects>: one file for each (DESIGN 10)."""

from collections.abc import Callable
from dataclasses import dataclass

from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from crm.registry import Registry


@dataclass(frozen=True)
class ObjectPage:
    """One tab, at `/settings/objects/<objects>/<path>`, for the object types `is_for` says.

    It is shown to whoever has `right`, or to super admins only; its views ask for the same, by `@requires(...)`.
    """

    name: str
    label: str
    path: str
    right: AccountRight = AccountRight.EDIT_PROPERTIES
    super_admin_only: bool = False
    is_for: Callable[[ObjectType], bool] = lambda object_type: not object_type.is_activity
    position: int = 100

    def href(self, object_type: ObjectType) -> str:
        """Where it is for one object type."""
        return f"/settings/objects/{object_type.plural_name}" + (f"/{self.path}" if self.path else "")

    def is_open_to(self, viewer: Viewer) -> bool:
        """Whether this person may open the tab."""
        return viewer.is_super_admin if self.super_admin_only else viewer.has_right(self.right)


object_pages: Registry[ObjectPage] = Registry("object page")


def object_pages_for(viewer: Viewer, object_type: ObjectType) -> list[ObjectPage]:
    """The tabs of `object_type` this person may open, in order."""
    return [page for page in object_pages if page.is_for(object_type) and page.is_open_to(viewer)]
