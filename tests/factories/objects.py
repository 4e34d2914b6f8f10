"""Making object types."""

from typing import Any

from crm.db import end_read, unit_of_work
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.permissions.viewer import Viewer

ASSOCIATED = ("contact", "company", "deal", "ticket")


def make_object(actor: Viewer, label: str = "Machine", plural_label: str = "Machines", **more: Any) -> str:
    """A custom object, associated with the standard ones unless told otherwise; returns its internal name."""
    given = {"primary": DisplayProperty("Serial number"), "associated": ASSOCIATED} | more
    end_read()
    with unit_of_work():
        return create_object_type(actor, NewObject(label, plural_label, **given)).name
