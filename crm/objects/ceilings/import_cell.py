"""How long a cell of a file can be."""

from crm.imports.csv_reading import MAX_CELL
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="import_cell",
        label=N_("Characters of one cell of a file to import"),
        limit=MAX_CELL,
        consequence=N_("The row is not taken and stands in the report of the import; the others are."),
        usage=lambda: (),
        position=145,
    )
)
