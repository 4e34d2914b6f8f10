"""What all changes of pipelines and stages share: who may, one at a time, labels, internal names, places."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.db import db, touch
from crm.messages import N_, InvalidValue, Message
from crm.objects.models import PipelineRow, StageRow
from crm.objects.queries import STAMP, schema
from crm.objects.schema import ObjectType, Pipeline, Stage
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.properties.types.cleaning import clean_line

LONGEST_LABEL = 100


class InvalidPipeline(ValueError):
    """A pipeline or stage cannot be so; `errors` holds one message for each field of its form."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors.items()))


def begin_change(actor: Viewer) -> None:
    """Make changes of pipelines wait for each other, inside a unit of work; call `end_change` when all is written.

    Raises Forbidden for people without the right to edit properties, who may not edit pipelines either.
    """
    if not actor.has_right(AccountRight.EDIT_PROPERTIES):
        raise Forbidden("pipelines are for people who may edit property settings")
    touch(STAMP)


def end_change() -> None:
    """Say that pipelines or stages have changed."""
    touch(STAMP)


def close_stages(ids: Collection[int]) -> None:
    """Wait until nobody brings records into these stages, and let nobody in until this unit of work ends."""
    rows = sa.select(StageRow.id).where(StageRow.id.in_(ids)).order_by(StageRow.id)
    db.session.execute(rows.with_for_update())


def is_open_to_records(stage: Stage) -> bool:
    """Whether a stage takes records, and will until this unit of work ends: who deletes it waits (`close_stages`).

    On PostgreSQL others may have begun to delete it since this unit read what stages there are; on SQLite nobody else
    writes.
    """
    if db.session.connection().dialect.name != "postgresql":
        return not stage.is_leaving
    row = sa.select(StageRow.moves_to_id).where(StageRow.id == stage.id).with_for_update(read=True)
    found = db.session.execute(row).first()
    return found is not None and found.moves_to_id is None


def with_pipelines(object_type: str) -> ObjectType:
    """The object type, which has pipelines; raises NotFound."""
    kind = schema().object_type(object_type)
    if kind.stage_property is None:
        raise NotFound(f"{kind.plural_name} have no pipelines")
    return kind


def pipeline_called(kind: ObjectType, name: str) -> Pipeline:
    """The pipeline of that name; raises NotFound."""
    pipeline = kind.pipeline(name)
    if pipeline is None:
        raise NotFound(f"{kind.plural_name} have no pipeline {name!r}")
    return pipeline


def stage_called(pipeline: Pipeline, name: str) -> Stage:
    """The stage of that name; raises NotFound."""
    stage = pipeline.stage(name)
    if stage is None:
        raise NotFound(f"pipeline {pipeline.name!r} has no stage {name!r}")
    return stage


def checked_label(text: str, taken: Collection[str], errors: dict[str, Message], field: str = "label") -> str:
    """`text` as a label none of `taken`; what is wrong with it goes to `errors`."""
    try:
        label = clean_line(text)
    except InvalidValue as error:
        errors[field] = error.message
        return text
    if not label:
        errors[field] = Message(N_("Enter a name"))
    elif len(label) > LONGEST_LABEL:
        errors[field] = Message(N_("At most %(limit)s characters"), limit=LONGEST_LABEL)
    elif label.casefold() in {one.casefold() for one in taken}:
        errors[field] = Message(N_("There is one of this name already"))
    return label


def free_name(label: str, what: str, taken: Collection[str], longest: int) -> str:
    """An internal name for `label` that is none of `taken`; `what` and a number where no letter of it remains."""
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[: longest - 4].strip("_") or what
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def put_in_order(row: type[PipelineRow] | type[StageRow], ids: Sequence[int]) -> None:
    """Give the rows with these ids the places they stand in."""
    if ids:
        place = sa.case({row_id: place for place, row_id in enumerate(ids)}, value=row.id)
        change(sa.update(row).where(row.id.in_(ids)).values(position=place))


def moved(ids: Sequence[int], row_id: int, steps: int) -> list[int]:
    """`ids` with one of them moved by so many places, no further than to the end."""
    others = [one for one in ids if one != row_id]
    place = min(max(ids.index(row_id) + steps, 0), len(others))
    return [*others[:place], row_id, *others[place:]]


def change(statement: Any) -> None:
    """Run a statement that changes rows nobody holds as objects."""
    db.session.execute(statement, execution_options={"synchronize_session": False})
