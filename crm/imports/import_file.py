"""The import of one CSV file from its name to its report."""
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crm.db import end_read
from crm.imports.column_facts import facts_of
from crm.imports.csv_reading import Table, open_table
from crm.imports.new_properties import create_new_properties
from crm.imports.options import ImportOptions
from crm.imports.plan import Plan, make_plan
from crm.imports.report import Report, make_report
from crm.imports.running import Progress, hash_file, import_rows, start_or_resume
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context

Note = Callable[[str], None]


@dataclass(frozen=True)
class FileRequest:
    """Which file to import as what, and how."""

    path: Path
    plural_name: str
    options: ImportOptions
    encoding: str | None = None
    header_row: int | None = None


def import_csv_file(
    actor: Viewer, request: FileRequest, context: Context, folder: Path, progress: Progress, note: Note
) -> Report:
    """Import a file and write its report into `folder`; going on where an interrupted run of the same stopped.

    Raises ImportRefused when the file or the wishes make no import possible; what was taken before stays.
    """
    table = open_table(request.path, request.encoding, request.header_row)
    facts = facts_of(table)
    sha256 = hash_file(request.path)
    object_type = schema().by_plural(request.plural_name)
    plan = make_plan(table, facts, object_type, request.options, context)
    end_read()
    plan = create_new_properties(plan)
    for line in describe(table, plan):
        note(line)
    wishes = repr((request.options.fingerprint(), table.encoding, table.header_row, actor.user_id))
    state = start_or_resume(actor, request.path, sha256, object_type.name, wishes)
    if state.is_resumed:
        note(f"going on after row {state.position}")
    import_rows(actor, table, plan, state, context, progress)
    return make_report(state.id, f"{request.path.name} as {request.plural_name}", plan.row_count, plan.findings, folder)


def describe(table: Table, plan: Plan) -> list[str]:
    """The plan in words: how the file is read and where each column goes."""
    separators = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    lines = [f"{table.path.name}: {table.encoding}, {separators[table.delimiter]}, {plan.row_count} rows"]
    for one in plan.columns:
        if one.target is not None:
            prop = plan.object_type.properties.get(one.target.name)
            name = f"{prop.label} ({prop.name})" if prop else one.target.name
            lines.append(f"  {one.column.name} -> {name}")
        elif one.finding is not None:
            lines.append(f"  {one.column.name} -> not taken")
    return lines + [f"  {text} -> {name}" for name, text, _ in plan.templates]
