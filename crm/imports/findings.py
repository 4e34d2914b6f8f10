"""What an import has to say about a row, a cell or a column: a code, a reason, and where (SPEC 4.4)."""
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crm.messages import Message

LONGEST_VALUE = 200


class Outcome(StrEnum):
    """What became of a row or message; every one gets exactly one of these."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    REFUSED = "not taken"


class Code(StrEnum):
    """The kinds of findings, as they stand in the report."""

    ROW_SIZE = "row_size_mismatch"
    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_ROW = "empty_row"
    MENDED = "mended"
    MISSING = "missing_required_property"
    INVALID = "failed_validation"
    OPTION = "invalid_enumeration_option"
    OWNER = "owner_not_found"
    COMPANY = "company_not_found"
    CONTACT = "contact_not_found"
    LABEL = "association_label_not_found"
    LIMIT = "association_limit_reached"
    RECORD_ID = "invalid_record_id"
    AMBIGUOUS = "ambiguous_match"
    TAKEN = "unique_value_already_exists"
    FORBIDDEN = "not_permitted"
    BACKWARD = "lifecycle_stage_moves_backward"
    SECOND_VALUE = "second_value_for_one_property"
    READ_ONLY = "read_only_property"
    UNMAPPED = "column_not_mapped"
    LEFT_OUT = "column_left_out"
    NO_VALUES = "column_without_values"
    PROPERTY = "property_not_created"
    NO_CONTACT = "no_known_contact"
    DUPLICATE = "already_imported"
    CUT = "message_cut"
    BROKEN = "message_unreadable"
    ATTACHMENT = "attachment_not_kept"


@dataclass(frozen=True)
class Finding:
    """One thing said: `column` and `value` are empty when it concerns the whole row."""

    code: Code
    reason: Message
    column: str = ""
    value: str = ""


def to_json(findings: Iterable[Finding]) -> str:
    """The findings as text for the database; the sentence keeps its parts, so it can still be translated."""
    return json.dumps(
        [
            [one.code, one.reason.text, {k: str(v) for k, v in one.reason.params.items()}, one.column, one.value]
            for one in findings
        ],
        ensure_ascii=False,
    )


def from_json(text: str) -> list[Finding]:
    """The findings that `to_json` wrote."""
    return [_finding(*parts) for parts in json.loads(text)]


def _finding(code: str, text: str, params: dict[str, Any], column: str, value: str) -> Finding:
    return Finding(Code(code), Message(text, **params), column, value)


def shown(value: str) -> str:
    """A cell as a report shows it: one line, not endless."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
