"""Imports as what a condition is about: `import.runs:any:3` holds for what was in import 3 or came of it (SPEC 5.2).

The rows of a run name the records they became, changed or found as they are; what an import made besides, and what was
merged since, is told by the history of values.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.filters.choice_shapes import Choices
from crm.filters.comparing import Asked, Test
from crm.filters.families import Family
from crm.filters.operators import NOTHING, Operator
from crm.filters.past import PAST
from crm.filters.registry import Question, Subject, subject_kinds
from crm.filters.shapes import Input, some
from crm.filters.tree import Eyes
from crm.imports.models import ImportRow, ImportRun
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context
from crm.properties.types.dropdown import not_a_choice
from crm.records.source import SourceKind

RUNS = "import.runs"
MOST_OFFERED = 100
NOTHING_ELSE = N_("Imports can only be asked for the records in them.")
NAMED = N_("%(file)s (import %(number)s)")
GONE = N_("import %(number)s")
NO_IMPORTS = N_("None of these records were imported yet.")
ROW: sa.Table = ImportRow.__table__  # type: ignore[assignment]
RUN: sa.Table = ImportRun.__table__  # type: ignore[assignment]
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Runs(Choices):
    """Some imports, by number."""

    # The form has the same control as for choices.
    name = "choices"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        newest = _files(kind, context.viewer).order_by(RUN.c.id.desc()).limit(MOST_OFFERED)
        runs = db.session.execute(newest).tuples()
        choices = tuple(Choice(str(number), _name(number, file, context)) for number, file in runs)
        return [Input(N_("Imports") if choices else NO_IMPORTS, "checkboxes", choices)]

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        for text in some(texts):
            if not _NUMBER.fullmatch(text):
                raise not_a_choice(text)
        return [int(text) for text in dict.fromkeys(texts)]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        numbers = self.values(texts, prop, kind)
        files = dict(db.session.execute(_files(kind, context.viewer).where(RUN.c.id.in_(numbers))).tuples().all())
        return ", ".join(_name(number, files.get(number), context) for number in numbers)


def was_in(asked: Asked) -> Test:
    """Whether a record was in one of some imports, in any at all where none are named."""
    runs = asked.values
    taken = sa.select(sa.literal(1)).where(ROW.c.record_id == asked.column)
    told = sa.select(sa.literal(1)).where(PAST.c.record_id == asked.column, PAST.c.source == str(SourceKind.IMPORT))
    if runs:
        taken = taken.where(ROW.c.run_id.in_(runs))
        # The detail of a source is "<run>:<row>".
        prefixes = [f"{run}:" for run in runs]
        told = told.where(sa.or_(*(sa.func.substr(PAST.c.source_detail, 1, len(one)) == one for one in prefixes)))
    table = asked.column.table
    return sa.or_(taken.correlate(table).exists(), told.correlate(table).exists())


WAYS = (
    Operator("any", N_("was in any of"), Runs(), was_in),
    Operator("none", N_("was not in any of"), Runs(), lambda asked: sa.not_(was_in(asked))),
    Operator("known", N_("was in some import"), NOTHING, was_in),
    Operator("unknown", N_("was in no import"), NOTHING, lambda asked: sa.not_(was_in(asked))),
)


class Imports:
    """Whether a record was in an import."""

    name = "import"
    position = 50

    def offered(self, kind: ObjectType, viewer: Viewer, context: Context) -> Sequence[Choice]:
        """One, whatever the records are."""
        return [Choice(RUNS, context.translate(N_("Import")))]

    def resolve(self, kind: ObjectType, name: str) -> Subject:
        """The imports a record was in."""
        if name != RUNS:
            raise InvalidValue(NOTHING_ELSE)

        def build(operator: Operator, values: Sequence[Any], eyes: Eyes) -> sa.ColumnElement[bool]:
            return operator.build(Asked(kind.table.c.record_id, Family.ANYTHING, values, eyes))

        return Subject(RUNS, N_("Import"), kind, None, Family.ANYTHING, build, ways=WAYS)

    def beginning(self, name: str) -> str:
        """There is only one."""
        return RUNS

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """Nothing further is asked."""
        return ()

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """So there is nothing to answer."""
        return name


def _files(kind: ObjectType, viewer: Viewer | None) -> sa.Select[tuple[int, str]]:
    """The imports that took or made records of `kind`, with the names of their files, as far as the viewer is told.

    Who does not see every record of `kind` is told of their own imports alone: others may be of hidden records only.
    """
    made = {"company": RUN.c.companies_created, "contact": RUN.c.contacts_created}.get(kind.name)
    is_of_kind = RUN.c.object_type == kind.name
    found = sa.select(RUN.c.id, RUN.c.file_name).where(is_of_kind if made is None else sa.or_(is_of_kind, made > 0))
    if viewer is not None and viewer.scope(kind.name, Verb.VIEW) is Scope.EVERYTHING:
        return found
    return found.where(RUN.c.actor_id == ((viewer and viewer.user_id) or 0))


def _name(number: int, file: str | None, context: Context) -> str:
    return str(context.translate(Message(NAMED if file else GONE, file=file, number=number)))


subject_kinds.register(Imports())
