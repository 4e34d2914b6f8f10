"""Object types with their pipelines and stages: what kinds of records there are."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base


class ObjectTypeRow(Base):
    """One object type; `layout` is JSON with the property lists its pages show (see objects/definitions).

    What people chose is kept apart, so that syncing the standard objects leaves it alone: labels with
    `has_own_labels`, `layout_changes` (lists that stand in for those of `layout`), the position, and `activities`
    (JSON: which kinds may be logged on its records; NULL for all).
    """

    __tablename__ = "object_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    plural_name: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    plural_label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    icon: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    is_activity: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    is_custom: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    layout: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    description: Mapped[str] = mapped_column(sa.Text, nullable=False, default="", server_default="")
    has_own_labels: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    activities: Mapped[str | None] = mapped_column(sa.Text)
    layout_changes: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}", server_default="{}")


class PipelineRow(Base):
    """A sequence of stages; every record of an object with pipelines is in exactly one (SPEC 2.9).

    The rules that hold in it are columns. One that `is_leaving` is being deleted and takes no more records.
    """

    __tablename__ = "pipeline"
    __table_args__ = (sa.UniqueConstraint("object_type", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    forbids_skipping: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    forbids_going_back: Mapped[bool] = mapped_column(
        sa.Boolean, nullable=False, default=False, server_default=sa.false()
    )
    locks_closed: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    is_leaving: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())


class StageRow(Base):
    """One step of a pipeline; closed stages end the work, probability 1 of a deal stage means won.

    `required` is a JSON list of the properties a record needs to be in it. A stage with `moves_to_id` is being
    deleted: its records go to that one.
    """

    __tablename__ = "stage"
    __table_args__ = (sa.UniqueConstraint("pipeline_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline_id: Mapped[int] = mapped_column(sa.ForeignKey("pipeline.id"), nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    is_closed: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    probability: Mapped[float | None] = mapped_column(sa.Float)
    meta: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    color: Mapped[str | None] = mapped_column(sa.Text)
    required: Mapped[str] = mapped_column(sa.Text, nullable=False, default="[]", server_default="[]")
    allows_creation: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True, server_default=sa.true())
    moves_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"))
