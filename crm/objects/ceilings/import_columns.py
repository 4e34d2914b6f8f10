"""How many columns a file can have."""

from crm.imports.csv_reading import MAX_COLUMNS
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="import_columns",
        label=N_("Columns of one file to import"),
        limit=MAX_COLUMNS,
        consequence=N_("The file is refused before anything of it is read; nothing is changed."),
        usage=lambda: (),
        position=140,
    )
)
