"""Reading the program's own source, for the tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CRM = PROJECT / "crm"
TEMPLATES = PROJECT / "templates"
STATIC = PROJECT / "static"


@dataclass(frozen=True)
class Module:
    """One Python file: its path, its dotted name and its syntax tree."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def where(self) -> str:
        return str(self.path.relative_to(PROJECT))

    @property
    def parts(self) -> tuple[str, ...]:
        """The name below `crm`: ("records", "queries")."""
        return tuple(self.name.split(".")[1:])


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the program, migrations that were written by Alembic aside."""
    return tuple(
        Module(path, _dotted(path), ast.parse(path.read_text("utf-8"), str(path)))
        for path in sorted(CRM.rglob("*.py"))
        if path.parent != CRM / "migrations" / "versions"
    )


@cache
def imported_by(module: Module) -> tuple[tuple[str, int], ...]:
    """The dotted names a module imports and their lines; what only type checkers read is left out."""
    return tuple(_imports(module.tree.body, module))


def _imports(body: list[ast.stmt], module: Module) -> Iterator[tuple[str, int]]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import):
                yield from ((alias.name, inner.lineno) for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom):
                base = _absolute(inner, module)
                yield base, inner.lineno
                yield from ((f"{base}.{alias.name}", inner.lineno) for alias in inner.names)


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    package = module.name.split(".")
    if module.path.name != "__init__.py":
        package.pop()
    above = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*above, *filter(None, [node.module])])


def _dotted(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def templates() -> tuple[Path, ...]:
    """Every template file."""
    return tuple(sorted(TEMPLATES.rglob("*.html")))


def own_files(folder: Path, suffix: str) -> tuple[Path, ...]:
    """The files below `folder` with this suffix that are ours, not vendored."""
    return tuple(sorted(path for path in folder.rglob(f"*{suffix}") if "vendor" not in path.parts))


def explain(law: str, faults: list[str]) -> str:
    """The text of a failed law: what it demands, then every place that breaks it."""
    return "\n".join([law, *faults])
