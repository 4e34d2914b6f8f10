"""Who may import whom (DESIGN 3)."""

import ast
import re

from tests.architecture.source import Module, explain, imported_by, modules

# From the top down: a package may import those below it and its neighbours, never one above.
STRATA: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        ("web views api embeds i18n cli demo build_index doctor wiring startup serving sample_data "
         "jobs.kinds bulk.kinds selections.actions"),
        "lists.uses objects.property_uses objects.definition_checks objects.ceilings objects.holds filters.subjects",
        "workspace boards calendars imports exports selections saved_views reports notifications settings help",
        "merging",
        "layouts",
        "derived",
        "timeline search past_activity text_templates lists records.columns",
        "activities",
        "associations",
        "records",
        "filters",
        "properties objects",
        "permissions accounts audit files jobs bulk migrations",
        "registry events property_events bus clock db caches collectors pools statements folding config messages",
    )
)
TOP, BOTTOM = 0, len(STRATA) - 1

FLASK_ALLOWED = re.compile(r"crm(\.cli|\.(web|api|embeds|i18n)(\..*)?|(\..*)?\.views\w*(\..*)?)?")
FLASK_SQLALCHEMY_ALLOWED = "crm.db"
LIST_OF_EVERYTHING = "crm"  # crm/__init__.py: create_app imports what it wires


def place_of(name: str) -> str:
    """The word of STRATA that a dotted name falls under."""
    parts = name.split(".")[1:]
    if not parts or any(part.startswith("views") or part == "commands" for part in parts):
        return "views"
    two = ".".join(parts[:2])
    return two if any(two in row for row in STRATA) else parts[0]


def stratum_of(place: str) -> int | None:
    return next((level for level, row in enumerate(STRATA) if place in row), None)


def test_every_package_has_its_place_in_the_strata() -> None:
    lost = sorted({module.where for module in modules() if stratum_of(place_of(module.name)) is None})
    assert not lost, explain("Give the package a row in STRATA, after reading DESIGN 3:", lost)


def test_nothing_imports_what_stands_above_it() -> None:
    faults = []
    for module in modules():
        level = stratum_of(place_of(module.name))
        for name, line in imported_by(module):
            if not name.startswith("crm.") or level is None:
                continue
            above = stratum_of(place_of(name))
            if above is not None and above < level:
                faults.append(f"{module.where}:{line} imports {name}, which stands above it")
    law = "Lower strata speak upward only by publishing an event (crm/events.py, crm/wiring.py), DESIGN 3:"
    assert not faults, explain(law, sorted(set(faults)))


def test_packages_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module in modules():
        here = place_of(module.name)
        if stratum_of(here) == TOP:
            continue
        for name, _line in imported_by(module):
            there = place_of(name) if name.startswith("crm.") else here
            if there != here and stratum_of(there) != TOP:
                graph.setdefault(here, set()).add(there)
    circles = sorted({tuple(sorted((a, b))) for a in graph for b in graph[a] if a in graph.get(b, ())})
    law = "Two packages that import each other are cut in the wrong place; move what both need below them:"
    assert not circles, explain(law, [f"{a} <-> {b}" for a, b in circles])


def test_flask_stays_at_the_edge() -> None:
    faults = []
    for module in modules():
        for name, line in imported_by(module):
            library = name.split(".")[0]
            if not library.startswith(("flask", "werkzeug")):
                continue
            allowed = FLASK_ALLOWED.fullmatch(module.name) or (
                module.name == FLASK_SQLALCHEMY_ALLOWED and library == "flask_sqlalchemy"
            )
            if not allowed:
                faults.append(f"{module.where}:{line} imports {library}")
    law = "Domain code never imports Flask: take what you need as an argument, or move the code to views (DESIGN 3):"
    assert not faults, explain(law, sorted(set(faults)))


def test_imports_stand_at_the_top_of_the_file() -> None:
    faults = [
        f"{module.where}:{line}"
        for module in modules()
        if module.name != LIST_OF_EVERYTHING
        for line in _hidden_imports(module)
    ]
    law = "An import inside a function hides a circle or a cost; if the circle is real, the cut is wrong:"
    assert not faults, explain(law, faults)


def _hidden_imports(module: Module) -> list[int]:
    return [
        inner.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
