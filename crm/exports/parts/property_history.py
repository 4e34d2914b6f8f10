"""What its values were."""

from collections.abc import Iterator

from crm.exports.parts import BATCH, Export, ExportPart, Rows, export_parts, utc
from crm.messages import N_
from crm.records.history import changes_of
from crm.records.history_shown import lines_of


def _rows(export: Export) -> Iterator[Rows]:
    translate, before = export.context.translate, None
    while changes := changes_of(export.record.id, before=before, limit=BATCH):
        lines = lines_of(export.viewer, export.record.type, changes, export.context)
        yield [
            (
                utc(line.moment),
                translate(line.label),
                line.change.property_name,
                line.old,
                line.new,
                translate(line.source),
                translate(line.who),
            )
            for line in lines
        ]
        before = changes[-1].place


export_parts.register(
    ExportPart(
        "property_history",
        N_("The history of its properties"),
        ("moment (UTC)", "property", "internal name", "old value", "new value", "source", "person"),
        _rows,
        position=30,
    )
)
