"""All the e-mail addresses of the contact."""

from collections.abc import Iterator

from crm.exports.parts import Export, ExportPart, Rows, export_parts
from crm.messages import N_
from crm.records.addresses import addresses_of


def _rows(export: Export) -> Iterator[Rows]:
    found = addresses_of(export.record)
    yield [(address, "yes" if address == found.primary else "no") for address in found.all]


export_parts.register(
    ExportPart("addresses", N_("All email addresses"), ("address", "primary"), _rows, position=20)
)
