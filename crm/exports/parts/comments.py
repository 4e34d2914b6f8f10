"""What people said about its activities."""

from collections.abc import Iterator

import sqlalchemy as sa

from crm.activities.models import ActivityLink, Comment
from crm.db import db
from crm.exports.parts import BATCH, Export, ExportPart, Rows, export_parts, person, utc
from crm.messages import N_
from crm.permissions.scopes import guarded, visible_to
from crm.records.models import Record


def _rows(export: Export) -> Iterator[Rows]:
    after = 0
    while found := _some(export, after):
        # Before they are given away: the read ends then, and whatever is asked of them later is read anew.
        after = found[-1].id
        yield [
            (str(one.activity_id), utc(one.created_at), person(one.author_id), one.body, utc(one.edited_at))
            for one in found
        ]


def _some(export: Export, after: int) -> list[Comment]:
    some = (
        sa.select(Comment)
        .join(ActivityLink, ActivityLink.activity_id == Comment.activity_id)
        .join(Record, Record.id == Comment.activity_id)
        .where(
            ActivityLink.record_id == export.record.id,
            Comment.id > after,
            Comment.archived_at.is_(None),
            visible_to(export.viewer),
        )
        .order_by(Comment.id)
        .limit(BATCH)
    )
    return list(db.session.scalars(guarded(some, export.viewer)))


export_parts.register(
    ExportPart(
        "comments",
        N_("The comments on them"),
        ("activity id", "moment (UTC)", "person", "text", "edited (UTC)"),
        _rows,
        position=60,
    )
)
