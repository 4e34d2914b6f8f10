"""The columns of a board: one for each stage, and one for what is in no stage (SPEC 5.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.messages import N_
from crm.objects.schema import ObjectType, Pipeline, Stage

EVERY = "all"
"""Instead of the name of a pipeline: all of them."""
NOWHERE = "-"
"""The key of the column of records in no stage, which no stage is called."""


@dataclass(frozen=True)
class Place:
    """One column: a stage with its pipeline, or neither of them for records in no stage.

    Names of stages are unique within an object, and so are the keys.
    """

    pipeline: Pipeline | None = None
    stage: Stage | None = None

    @property
    def key(self) -> str:
        """What the column is called in addresses."""
        return self.stage.name if self.stage else NOWHERE

    @property
    def label(self) -> str:
        """What people call it."""
        return self.stage.label if self.stage else N_("In no stage")


def chosen_pipelines(kind: ObjectType, name: str) -> Sequence[Pipeline]:
    """The pipelines that a board shows: the one called so, all for EVERY, else the first."""
    if name == EVERY:
        return kind.pipelines
    return (kind.pipeline(name) or kind.first_pipeline,)


def places_of(pipelines: Sequence[Pipeline]) -> list[Place]:
    """The columns of these pipelines in order, that of records in no stage last."""
    return [*(Place(pipeline, stage) for pipeline in pipelines for stage in pipeline.stages), Place()]


def in_pipelines(kind: ObjectType, pipelines: Sequence[Pipeline]) -> sa.ColumnElement[bool]:
    """The condition that a record is on a board of these pipelines; what is in none at all is on every board."""
    assert kind.pipeline_property is not None
    if len(pipelines) == len(kind.pipelines):
        return sa.true()
    column = kind.column(kind.pipeline_property.name)
    return sa.or_(column.in_([one.name for one in pipelines]), column.is_(None))


def in_place(kind: ObjectType, place: Place) -> sa.ColumnElement[bool]:
    """The condition that a record is in this column."""
    assert kind.stage_property is not None
    column = kind.column(kind.stage_property.name)
    if place.stage is not None:
        return column == place.stage.name
    return sa.or_(column.is_(None), column.not_in(sorted(kind.stages)))
