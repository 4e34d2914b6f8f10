"""What imports say of it. That a row was imported stays, without what stood in it; a message may be imported again."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.db import Base, db
from crm.records.purging import Hanging, hanging


def _forget_findings(ids: Sequence[int]) -> None:
    row = Base.metadata.tables["import_row"]
    db.session.execute(sa.update(row).where(row.c.record_id.in_(ids)).values(findings="[]"))


hanging.register(
    Hanging(
        "imports",
        deleted={"imported_message": ("activity_id",)},
        emptied={"import_row": ("record_id",)},
        before=_forget_findings,
    )
)
