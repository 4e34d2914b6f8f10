"""What it is associated with, as far as the reader may see that."""

from collections.abc import Iterator

from crm.associations.reviewing import link_pages, linkable
from crm.exports.parts import BATCH, Export, ExportPart, Rows, export_parts, person, utc
from crm.messages import N_
from crm.records.source import in_words


def _rows(export: Export) -> Iterator[Rows]:
    translate = export.context.translate
    for kind in linkable(export.viewer, export.record.object_type):
        after_id: int | None = None
        while True:
            (page,) = link_pages(export.viewer, export.record, [kind], BATCH, after_id)
            yield [
                (
                    translate(kind.label),
                    str(link.record_id),
                    link.title,
                    "yes" if link.is_primary else "no",
                    "; ".join(link.labels),
                    utc(link.moment),
                    translate(in_words(link.source, link.source_detail)),
                    person(link.actor_id),
                )
                for link in page.links
            ]
            after_id = page.next_id
            if after_id is None:
                break


export_parts.register(
    ExportPart(
        "associations",
        N_("The records it is associated with"),
        ("object", "record id", "name", "primary", "labels", "since (UTC)", "source", "person"),
        _rows,
        position=40,
    )
)
