"""Every property of the contact that has a value."""

from collections.abc import Iterator

from crm.exports.parts import Export, ExportPart, Rows, export_parts
from crm.messages import N_
from crm.properties.rich_text import to_text
from crm.records.shown import for_record
from crm.records.values import type_of


def _rows(export: Export) -> Iterator[Rows]:
    context = for_record(export.context, export.record.values)
    found = []
    for prop in export.record.type.properties.values():
        value, kind = export.record.values.get(prop.name), type_of(prop)
        text = "" if value is None else kind.to_text(value, prop, context)
        if prop.type == "rich_text":
            text = to_text(value or "")
        found.append((context.translate(prop.label), prop.name, text, kind.to_history(value) or ""))
    yield found


export_parts.register(
    ExportPart(
        "properties",
        N_("All properties with their values"),
        ("property", "internal name", "value", "stored value"),
        _rows,
        position=10,
    )
)
