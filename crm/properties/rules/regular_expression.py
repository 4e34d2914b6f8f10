"""A text that a regular expression matches from beginning to end.

RE2 reads a text once, whatever the expression: nobody can write one that keeps the server busy.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2

from crm.messages import N_, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import InvalidRule, Rule, RuledProperty, Setting
from crm.properties.types.base import Context

LONGEST = 500
LONGEST_MESSAGE = 200
_MEMORY = 1 << 20


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The expression, ready to match. Raises re2.error, also for one that would need too much memory."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options=options)


class RegularExpression(Rule):
    name = "regular_expression"
    label = N_("Regular expression")
    types = frozenset({"text", "multi_line", "email", "url", "domain"})
    settings = (
        Setting(
            "pattern",
            N_("Pattern the whole text must match"),
            help=N_("RE2 syntax, such as [A-Z]{2}-\\d{4}; \\p{L} is a letter of any language."),
        ),
        Setting("message", N_("What people read when it does not match"), help=N_("Example: Write it as AB-1234.")),
    )
    position = 50

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        pattern, message = typed.get("pattern", ""), " ".join(typed.get("message", "").split())
        if not pattern.strip():
            return None
        errors = {}
        if len(message) > LONGEST_MESSAGE:
            errors["message"] = Message("At most %(limit)s characters.", limit=LONGEST_MESSAGE)
        if len(pattern) > LONGEST:
            errors["pattern"] = Message("At most %(limit)s characters.", limit=LONGEST)
        else:
            try:
                compiled(pattern)
            except re2.error as error:
                errors["pattern"] = Message("This cannot be used: %(reason)s.", reason=_reason(error))
            except UnicodeEncodeError:
                errors["pattern"] = Message("This cannot be used: it holds half a character.")
        if errors:
            raise InvalidRule(errors)
        return {"pattern": pattern, "message": message}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        if compiled(stored["pattern"]).fullmatch(value):
            return None
        if stored["message"]:
            return Message("%(words)s", words=stored["message"])
        return Message("This does not match the pattern %(pattern)s.", pattern=stored["pattern"])


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


property_rules.register(RegularExpression())
