"""Laws of the source that a machine can check; every message says what to do instead (DESIGN 2, 3; AESTHETICS 4)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import CRM, PROJECT, STATIC, Module, explain, modules, own_files, templates

SQL_PLACES = ("crm.objects.storage", "crm.search", "crm.migrations")
ENGINE_SET_UP = "crm.db"
WHERE_OF_AN_INDEX = re.compile(r"\w+_where|server_default")
REFUSED_NAMES = {"utils.py", "util.py", "helpers.py", "common.py", "services.py", "managers.py", "misc.py"}
UNFINISHED = re.compile(r"(?<!\")\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_PATHS = re.compile(r"(?<![\w/.])/(work|root|home|tmp)/\w")

LONGEST_FILE = {".py": 300, ".html": 80, ".js": 150, ".css": 250}
LONGEST_FUNCTION = 60


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of the name it calls."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            target = node.func
            if isinstance(target, ast.Attribute):
                yield node, target.attr
            elif isinstance(target, ast.Name):
                yield node, target.id


def test_there_is_one_commit() -> None:
    found = [
        f"{module.where}:{node.lineno}"
        for module in modules()
        for node, name in calls(module)
        if name == "commit" and "session" in ast.unparse(node.func)
    ]
    law = "Only unit_of_work() commits (DESIGN 3); operations leave the transaction to whoever opened it:"
    assert len(found) == 1, explain(law, found)
    assert found[0].startswith("crm/db.py"), explain(law, found)


def test_only_the_engine_set_up_commits_on_a_connection() -> None:
    faults = [
        f"{module.where}:{node.lineno}"
        for module in modules()
        for node, name in calls(module)
        if name == "commit" and module.name != ENGINE_SET_UP
    ]
    assert not faults, explain("Write inside unit_of_work() instead of committing:", faults)


def test_htmx_headers_are_named_in_one_place() -> None:
    faults = [
        f"{module.where}:{node.lineno} {node.value!r}"
        for module in modules()
        if module.name != "crm.web.htmx"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\bHX-\w", node.value)
    ]
    assert not faults, explain("Use render(), redirect_to() or is_fragment() of crm/web/htmx.py:", faults)


def test_sql_is_written_with_constructs() -> None:
    faults = []
    for module in modules():
        if module.name.startswith(SQL_PLACES):
            continue
        excused = {
            id(keyword.value)
            for node, _name in calls(module)
            for keyword in node.keywords
            if keyword.arg and WHERE_OF_AN_INDEX.fullmatch(keyword.arg)
        }
        for node, name in calls(module):
            raw = name == "text" and ast.unparse(node.func) in ("sa.text", "text", "sqlalchemy.text")
            driver = name == "exec_driver_sql" and module.name != ENGINE_SET_UP
            spoken = (
                name in ("execute", "scalar", "scalars")
                and module.name != ENGINE_SET_UP
                and bool(node.args)
                and (isinstance(node.args[0], ast.JoinedStr) or _is_text(node.args[0]))
            )
            if (raw and id(node) not in excused) or driver or spoken:
                faults.append(f"{module.where}:{node.lineno} {ast.unparse(node)[:80]}")
    law = "Raw SQL only in objects/storage.py, search/ and migrations/; elsewhere use SQLAlchemy's constructs:"
    assert not faults, explain(law, faults)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_tables_are_made_by_migrations_and_storage_only() -> None:
    faults = [
        f"{module.where}:{node.lineno}"
        for module in modules()
        for node, name in calls(module)
        if name in ("create_all", "drop_all")
    ]
    assert not faults, explain("Write a migration: `flask --app app write-migration MESSAGE` (DESIGN 4.7):", faults)


def test_the_clock_is_asked_in_one_place() -> None:
    faults = [
        f"{module.where}:{node.lineno} {ast.unparse(node)}"
        for module in modules()
        if module.name != "crm.clock"
        for node, name in calls(module)
        if ast.unparse(node.func).endswith(("datetime.now", "datetime.utcnow", "date.today", "time.time"))
    ]
    assert not faults, explain("Ask crm.clock.now(), so that tests can hold the clock:", faults)


def test_nothing_is_unfinished() -> None:
    faults = []
    for path in [*CRM.rglob("*.py"), *templates(), *own_files(STATIC, ".js"), *own_files(STATIC, ".css")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if UNFINISHED.search(line):
                faults.append(f"{path.relative_to(PROJECT)}:{number} {line.strip()[:80]}")
    assert not faults, explain("Finish it, or open an issue; the code keeps no notes to itself:", faults)


def test_no_file_is_named_after_nothing() -> None:
    faults = [str(path.relative_to(PROJECT)) for path in CRM.rglob("*.py") if path.name in REFUSED_NAMES]
    assert not faults, explain("Name the file after what it knows (DESIGN 2):", faults)


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    faults = []
    for path in [*CRM.rglob("*.py"), *templates(), *own_files(STATIC, ".js"), *own_files(STATIC, ".css")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if MACHINE_PATHS.search(line):
                faults.append(f"{path.relative_to(PROJECT)}:{number} {line.strip()[:80]}")
    assert not faults, explain("Take the folder from the configuration:", faults)


@pytest.mark.parametrize("suffix", LONGEST_FILE)
def test_files_are_small(suffix: str) -> None:
    paths = {
        ".py": [module.path for module in modules()],
        ".html": list(templates()),
        ".js": own_files(STATIC, ".js"),
        ".css": own_files(STATIC, ".css"),
    }[suffix]
    faults = []
    for path in paths:
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LONGEST_FILE[suffix]:
            faults.append(f"{path.relative_to(PROJECT)} has {lines} lines")
    law = f"A {suffix} file has at most {LONGEST_FILE[suffix]} lines; divide it by what it knows:"
    assert not faults, explain(law, faults)


def test_functions_are_short() -> None:
    faults = []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    faults.append(f"{module.where}:{node.lineno} {node.name} has {lines} lines")
    law = f"A function has at most {LONGEST_FUNCTION} lines; give its steps names:"
    assert not faults, explain(law, faults)


def test_public_functions_say_what_they_do() -> None:
    """A class with a base keeps the promises its base has written down."""
    faults = []
    for module in modules():
        for node in module.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if isinstance(node, ast.ClassDef) and node.bases:
                continue
            if not ast.get_docstring(node):
                faults.append(f"{module.where}:{node.lineno} {node.name}")
    law = "A public function or class says what goes in and comes out, in a docstring:"
    assert not faults, explain(law, faults)
