"""Labels of associations in files: which column has those of which, and what they are called (SPEC 4.3, 6.3)."""
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from crm.associations.link_types import Label, association_types
from crm.imports.csv_reading import Column
from crm.imports.findings import Code, Finding
from crm.imports.folding import fold
from crm.imports.matching import LABELLED, Target
from crm.messages import N_, Message

SEPARATOR = ";"
LONELY = N_("No column says whose association has this label; name one with --map '…=%(target)s'")


class Planned(Protocol):
    """The part of the plan of a column that matters here."""

    @property
    def column(self) -> Column: ...
    @property
    def target(self) -> Target | None: ...


One = TypeVar("One", bound=Planned)


def labelled_column(columns: Sequence[One], label: One) -> One | None:
    """The column that says whom the labels of a column are about: the nearest before it, else the first after it."""
    wanted = LABELLED[label.target.name] if label.target else ""
    naming = [one for one in columns if one.target is not None and one.target.name == wanted]
    before = [one for one in naming if one.column.index < label.column.index]
    return before[-1] if before else naming[0] if naming else None


def without_lonely_labels(columns: Sequence[One]) -> tuple[One, ...]:
    """The columns, those of labels not taken where no column says whom the labels are about."""
    found = []
    for one in columns:
        if one.target is not None and one.target.name in LABELLED and labelled_column(columns, one) is None:
            reason = Message(LONELY, target=LABELLED[one.target.name])
            one = replace(one, target=None, finding=Finding(Code.UNMAPPED, reason, one.column.name))  # type: ignore[type-var]
        found.append(one)
    return tuple(found)


def split_labels(text: str) -> list[str]:
    """The labels that a cell names."""
    return list(dict.fromkeys(filter(None, (" ".join(part.split()) for part in text.split(SEPARATOR)))))


def label_called(from_object: str, to_object: str, text: str) -> Label | None:
    """The label that a cell means, by the word for the other record or, between two objects, by the word for its own.

    Case, spaces and punctuation do not count, unless they are what tells two labels apart.
    """
    labels = association_types().labels(from_object, to_object)
    words = [(one.text, one) for one in labels]
    if from_object != to_object:
        words += [(one.inverse_text, one) for one in labels]
    wanted = fold(text)
    exact = (one for word, one in words if word.casefold() == text.casefold())
    alike = (one for word, one in words if wanted and wanted == fold(word))
    return next(exact, None) or next(alike, None)


def are_labels(from_object: str, to_object: str, texts: Iterable[str]) -> bool:
    """Whether at least half of the cells name labels there are."""
    names = [name for text in texts for name in split_labels(text)]
    return sum(label_called(from_object, to_object, name) is not None for name in names) * 2 >= len(names)
