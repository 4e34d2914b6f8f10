"""What a change of a record means in its pipeline: from which stage to which (SPEC 2.9)."""

from dataclasses import dataclass

from crm.objects.schema import Pipeline, Stage
from crm.records.changes import Change


@dataclass(frozen=True)
class StageMove:
    """A record comes into `stage` of `pipeline`; `was` and `was_in` are where it was, None for a new record."""

    pipeline: Pipeline
    stage: Stage
    was_in: Pipeline | None = None
    was: Stage | None = None

    @property
    def enters(self) -> bool:
        """Whether the record comes into the pipeline: newly made, or from another one."""
        return self.was_in is None or self.was_in.name != self.pipeline.name

    @property
    def skipped(self) -> Stage | None:
        """The first stage that is passed over; none on the way to a closed one, which is open to all."""
        if self.enters or self.was is None or self.stage.is_closed:
            return None
        here, there = _place(self.pipeline, self.was), _place(self.pipeline, self.stage)
        between = (stage for stage in self.pipeline.stages[here + 1 : max(there, here + 1)] if not stage.is_closed)
        return next((stage for stage in between if not stage.is_leaving), None)

    @property
    def goes_back(self) -> bool:
        """Whether an open stage is entered that comes before the one the record was in."""
        if self.enters or self.was is None or self.stage.is_closed:
            return False
        return _place(self.pipeline, self.stage) < _place(self.pipeline, self.was)


def _place(pipeline: Pipeline, stage: Stage) -> int:
    return next(place for place, one in enumerate(pipeline.stages) if one.name == stage.name)


def move_of(change: Change) -> StageMove | None:
    """Where `change` brings the record, if into another stage, or a new record into its first.

    None too when pipeline and stage do not go together, which is refused elsewhere.
    """
    kind = change.kind
    if kind.stage_property is None or kind.pipeline_property is None:
        return None
    names = (kind.pipeline_property.name, kind.stage_property.name)
    if not change.is_new and not any(name in change.after for name in names):
        return None
    there = _where(change, *(change.whole.get(name) for name in names))
    if there is None:
        return None
    here = None if change.is_new else _where(change, *(change.before.get(name) for name in names))
    if here is None:
        return StageMove(*there)
    return None if here == there else StageMove(*there, *here)


def _where(change: Change, pipeline_name: str | None, stage_name: str | None) -> tuple[Pipeline, Stage] | None:
    pipeline = change.kind.pipeline(pipeline_name)
    stage = pipeline.stage(stage_name) if pipeline else None
    return (pipeline, stage) if pipeline and stage else None
