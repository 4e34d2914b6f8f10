"""Finding views: the one that an address names, and those that stand as tabs above the table (SPEC 5.3)."""

from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.saved_views.standard import standard_views
from crm.saved_views.view import View


def find_view(viewer: Viewer, kind: ObjectType, key: str) -> View:
    """The view called `key`; raises NotFound where there is none that the viewer may see."""
    found = next((view for view in standard_views(kind) if view.key == key), None)
    if found is None:
        raise NotFound(f"no view {key!r} of {kind.plural_name}")
    return found


def tabs_of(viewer: Viewer, kind: ObjectType) -> list[View]:
    """The views that stand as tabs for this person, the one that is opened on entry first."""
    return standard_views(kind)
