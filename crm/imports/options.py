"""What a person asked of an import, as the command line or a form says it."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crm.imports.errors import ImportRefused
from crm.imports.folding import fold
from crm.messages import N_, Message


@dataclass(frozen=True)
class ImportOptions:
    """`columns`: folded column name to target name ("" leaves it out); `values`: (folded column, folded cell) to value.

    `templates` fill a property from several columns: property name to text with {column}. `key` names the property
    by which existing records are found besides the usual ones.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    create_properties: bool = False
    date_formats: tuple[str, ...] = ()
    key: str | None = None
    currency: str = "USD"
    country: str = "US"

    def fingerprint(self) -> str:
        """The same text for the same wishes: an interrupted import goes on only under the wishes it began with."""
        return repr(
            (
                sorted(self.columns.items()),
                sorted(self.values.items()),
                sorted(self.templates.items()),
                self.create_properties,
                self.date_formats,
                self.key,
            )
        )


def read_map(pairs: Iterable[str]) -> dict[str, str]:
    """`column=target` pairs by folded column. Raises ImportRefused for one without '='."""
    found = {}
    for pair in pairs:
        column, mark, target = pair.rpartition("=")
        if not mark or not column.strip():
            raise ImportRefused(Message(N_("--map %(pair)s is not of the form 'column=property'."), pair=repr(pair)))
        found[fold(column) or column.strip()] = target.strip()
    return found


def read_values(pairs: Iterable[str]) -> dict[tuple[str, str], str]:
    """`column:cell=value` triples by folded column and cell. Raises ImportRefused for another form."""
    found = {}
    for pair in pairs:
        column, colon, rest = pair.partition(":")
        cell, mark, value = rest.rpartition("=")
        if not colon or not mark or not column.strip() or not cell.strip():
            raise ImportRefused(
                Message(N_("--value %(pair)s is not of the form 'column:cell=value'."), pair=repr(pair))
            )
        found[fold(column), cell.strip().casefold()] = value.strip()
    return found


def read_templates(pairs: Iterable[str]) -> dict[str, str]:
    """`property=text with {column}` pairs by property. Raises ImportRefused for another form."""
    found = {}
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark or not name.strip() or not text.strip():
            raise ImportRefused(
                Message(N_("--set %(pair)s is not of the form 'property=text with {column}'."), pair=repr(pair))
            )
        found[name.strip()] = text.strip()
    return found
