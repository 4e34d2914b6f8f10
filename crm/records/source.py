"""Where a change came from, kept with every value and link (SPEC 2.6)."""

from dataclasses import dataclass
from enum import StrEnum

from crm.messages import N_, Message


class SourceKind(StrEnum):
    """The ways a value or a link can come about."""

    SCREEN = "screen"
    IMPORT = "import"
    FORM = "form"
    API = "api"
    RULE = "rule"
    MERGE = "merge"
    SYNC = "sync"
    MAIL = "mail"
    SAMPLE = "sample"
    CALCULATION = "calculation"
    BULK = "bulk"


LABELS = {
    SourceKind.SCREEN: N_("CRM UI"),
    SourceKind.IMPORT: N_("Import"),
    SourceKind.FORM: N_("Form"),
    SourceKind.API: N_("Integration"),
    SourceKind.RULE: N_("Rule"),
    SourceKind.MERGE: N_("Merge"),
    SourceKind.SYNC: N_("Sync"),
    SourceKind.MAIL: N_("Email"),
    SourceKind.SAMPLE: N_("Sample data"),
    SourceKind.CALCULATION: N_("Calculation"),
    SourceKind.BULK: N_("CRM UI, many at once"),
}


@dataclass(frozen=True)
class Source:
    """A kind of source and what exactly: an import row, the name of a rule, a key."""

    kind: str = SourceKind.SCREEN
    detail: str = ""


SCREEN = Source()
CALCULATED = Source(SourceKind.CALCULATION)

REVERTED = "revert"
CLONED = "clone"
_ROW = N_("Import %(run)s, row %(row)s")
_BY_RULE = N_("Rule: %(rule)s")
_BY_HAND = {REVERTED: N_("CRM UI, reverted"), CLONED: N_("CRM UI, cloned")}


def in_words(kind: str, detail: str) -> str | Message:
    """Where a change came from, for people (SPEC 1.3): "CRM UI", "Import 3, row 12", "Rule: first stage"."""
    if kind == SourceKind.SCREEN:
        return _BY_HAND.get(detail.partition(":")[0], LABELS[SourceKind.SCREEN])
    run, _, row = detail.partition(":")
    if kind == SourceKind.IMPORT and run.isdecimal() and row.isdecimal():
        return Message(_ROW, run=run, row=row)
    if kind == SourceKind.RULE and detail:
        return Message(_BY_RULE, rule=detail.replace("_", " "))
    return LABELS.get(kind, kind)  # type: ignore[call-overload,no-any-return]
