"""How values get into a page: one change to the Python code that Jinja compiles templates to.

Jinja puts each value it writes into a new Markup object, only to join it into the answer at once. A record page writes
two thousand values; here they are escaped all the same, and written as plain text.
"""

import re
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from markupsafe import Markup, escape

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


def written(value: Any) -> str:
    """`value` as it stands in HTML: text escaped as `markupsafe.escape` does it, Markup as it is."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str:
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text.replace('"', "&#34;").replace("'", "&#39;")  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    return escape(value)


class PageCodeGenerator(CodeGenerator):
    """Compiles `{{ value }}` to `written(value)` where values are surely to be escaped, and all else as Jinja does."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class PageTemplate(Template):
    """A template whose macros are made once for all who import them: every template has the same globals.

    Jinja compares the globals of both at each import, which cost a record page a tenth of its time.
    """

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class Unindented(Extension):
    """Leaves the indentation of templates out of pages: it is for those who read templates, and a kilobyte a page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template without blanks at the beginning of its lines, which stay as many as they were."""
        return INDENTATION.sub("", source)


def setup_code(env: Environment) -> None:
    """Have `env` compile its templates this way; to be called before it compiles the first."""
    env.add_extension(Unindented)
    env.code_generator_class = PageCodeGenerator
    env.template_class = PageTemplate
    env.written = written  # type: ignore[attr-defined]
