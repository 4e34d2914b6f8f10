"""The object the made-up company made itself: the packing machines it has rented out (SPEC 2.10)."""

from typing import NamedTuple

from crm.db import end_read, unit_of_work
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM

MACHINE = "machine"
_WANTED = NewObject(
    label="Machine",
    plural_label="Machines",
    name=MACHINE,
    description="Packing machines rented out to customers",
    icon="gear",
    primary=DisplayProperty("Serial number", is_unique=True),
    secondary=(DisplayProperty("Model", is_required=True), DisplayProperty("Monthly rent", "currency")),
    associated=("contact", "company", "deal", "ticket"),
)


class Machine(NamedTuple):
    """A machine at a firm, set up so many days ago."""

    firm: str
    serial: str
    model: str
    rent: int
    began: int


MACHINES = (
    Machine("orange", "TF-1042", "Tray former 200", 640, 300),
    Machine("orange", "TF-1057", "Tray former 200", 640, 120),
    Machine("hagaodling", "BX-0381", "Box taper S", 210, 280),
    Machine("sadowisko", "TF-0998", "Tray former 120", 480, 260),
    Machine("fjallfisk", "CL-0217", "Cool liner", 390, 240),
    Machine("norrlogistik", "ST-0044", "Stretch wrapper", 520, 210),
    Machine("mleczarniapodlasie", "TF-1101", "Tray former 200", 640, 160),
    Machine("thamesbox", "BX-0402", "Box taper S", 210, 95),
)


def make_object() -> None:
    """Make the object unless it is there, in a unit of its own."""
    is_there = MACHINE in schema().types
    end_read()
    if not is_there:
        with unit_of_work():
            create_object_type(SYSTEM, _WANTED)
