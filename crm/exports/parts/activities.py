"""Every activity on it that the reader may see, whole."""

from collections.abc import Iterator

import sqlalchemy as sa

from crm.activities.batches import load_many
from crm.activities.models import ActivityLink
from crm.activities.queries import ActivityRow
from crm.db import db
from crm.exports.parts import BATCH, Export, ExportPart, Rows, export_parts, person, utc
from crm.messages import N_
from crm.permissions.scopes import guarded, visible_to
from crm.properties.rich_text import to_text
from crm.records.models import Record
from crm.timeline.items import facts


def _rows(export: Export) -> Iterator[Rows]:
    after = 0
    while rows := _ids(export, after):
        ids: dict[str, list[int]] = {}
        for record_id, object_type in rows:
            ids.setdefault(object_type, []).append(record_id)
        activities = load_many(ids)
        yield [_row(activities[one], export) for one, _object_type in rows if one in activities]
        after = rows[-1][0]


def _ids(export: Export, after: int) -> list[tuple[int, str]]:
    """The next activities on the record, which the viewer has been let into; so those of types they see are visible."""
    some = (
        sa.select(Record.id, Record.object_type)
        .join_from(ActivityLink, Record, Record.id == ActivityLink.activity_id)
        .where(ActivityLink.record_id == export.record.id, Record.id > after, visible_to(export.viewer))
        .order_by(Record.id)
        .limit(BATCH)
    )
    return list(db.session.execute(guarded(some, export.viewer)).tuples())


def _row(activity: ActivityRow, export: Export) -> tuple[str, ...]:
    translate = export.context.translate
    shown = [f"{translate(one.label)}: {one.text}" for one in facts(activity, export.context) if one.text]
    return (
        str(activity.id),
        translate(activity.type.label if activity.type else activity.object_type.label),
        utc(activity.moment),
        person(activity.owner_id),
        activity.heading,
        to_text(activity.body),
        "\n".join(shown),
        utc(activity.created_at),
        utc(activity.values.get("edited_at")),
    )


export_parts.register(
    ExportPart(
        "activities",
        N_("All activities you may see"),
        ("id", "kind", "moment (UTC)", "owner", "title", "text", "details", "logged (UTC)", "edited (UTC)"),
        _rows,
        position=50,
    )
)
