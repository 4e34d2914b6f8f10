"""What keeps tests of browsers steady: they wait for what they expect, and nothing on the page moves by itself."""

import ast
import re
from pathlib import Path

from tests.architecture.source import PROJECT, STATIC, explain, own_files

BROWSER = Path(__file__).parents[1] / "browser"
ONE_LOOK = {"is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "is_editable"}
ONE_LOOK |= {"count", "inner_text", "text_content", "input_value", "get_attribute"}
TRANSITION_OF_ALL = re.compile(r"(^|[\s,}])\*[^{}]*\{[^}]*transition", re.MULTILINE)


def test_browser_tests_wait_for_what_they_expect() -> None:
    faults = [
        f"{path.relative_to(PROJECT)}:{call.lineno} {call.func.attr}()"
        for path in sorted(BROWSER.glob("*.py"))
        for check in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(check, ast.Assert)
        for call in ast.walk(check.test)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ONE_LOOK
    ]
    law = "A page changes when its answer comes: `expect(...)` looks until it is so, `assert` looks once and too early:"
    assert not faults, explain(law, faults)


def test_no_style_lets_everything_move() -> None:
    """Every property of every element would then begin at what it was before the style sheet came."""
    faults = [
        str(path.relative_to(PROJECT))
        for path in own_files(STATIC, ".css")
        if TRANSITION_OF_ALL.search(re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL))
    ]
    assert not faults, explain("Name what moves, in the component that moves; never `*`:", faults)
