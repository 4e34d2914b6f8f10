"""What can be set about one property on a page of its own, as tabs beside its form: one file for each.

A tab is at `/settings/objects/<objects>/properties/<name>/<path>`. Its template extends
`settings/properties/layout.html`, sets `property_page` to the tab's name and fills the block `panel`; its view hands
over `object_type` and `property`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from crm.registry import Registry


@dataclass(frozen=True)
class PropertyPage:
    """One tab, for the properties `is_for` says; its views ask for `right` themselves, by `@requires(...)`."""

    name: str
    label: str
    path: str
    right: AccountRight = AccountRight.EDIT_PROPERTIES
    is_for: Callable[[ObjectType, Property], bool] = lambda object_type, property: True
    position: int = 100

    def href(self, object_type: ObjectType, property: Property) -> str:
        """Where it is for one property."""
        base = f"/settings/objects/{object_type.plural_name}/properties/{property.name}"
        return f"{base}/{self.path}" if self.path else base


property_pages: Registry[PropertyPage] = Registry("property page")


def property_pages_for(viewer: Viewer, object_type: ObjectType, property: Property) -> list[PropertyPage]:
    """The tabs of `property` this person may open, in order."""
    return [page for page in property_pages if page.is_for(object_type, property) and viewer.has_right(page.right)]
