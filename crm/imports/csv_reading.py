"""Reading a delimited text file: header, rows and what is odd about each; nothing dropped silently."""
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from crm.imports.encoding import encoding_of
from crm.imports.errors import ImportRefused
from crm.messages import N_, Message

DELIMITERS = ",;\t|"
MAX_CELL = 2_000_000
MAX_COLUMNS = 1000
_SNIFFED_ROWS = 100
_HEADER_SEARCH = 100
# Tab and line ends belong to text; everything else below the space was put there by a machine.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Column:
    """One column: its place, and the name by which reports and --map call it (unique within the file)."""

    index: int
    name: str
    has_header: bool = True


@dataclass(frozen=True)
class Row:
    """One row as a spreadsheet numbers it (the first line is 1), cells stripped, as many as the header has.

    `problem` says why its cells cannot be trusted; `remark` says what was mended.
    """

    number: int
    cells: tuple[str, ...]
    problem: Message | None = None
    remark: Message | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no cell says anything."""
        return not any(self.cells) and self.problem is None


@dataclass(frozen=True)
class Table:
    """A file ready to be read, as often as needed."""

    path: Path
    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[Row]:
        """Every row after the header, also the empty ones."""
        width = len(self.columns)
        for number, cells, is_open in _records(self.path, self.encoding, self.delimiter):
            if number > self.header_row:
                yield _row(number, cells, width, is_open)


def open_table(path: Path, encoding: str | None = None, header_row: int | None = None) -> Table:
    """Find out how to read `path`. Raises ImportRefused when it is no table, or its encoding is not certain.

    `header_row` (1 is the first) is needed only when lines of text stand above the header.
    """
    codec = encoding_of(path, encoding)
    delimiter = _delimiter_of(path, codec)
    for number, cells, is_open in _records(path, codec, delimiter):
        if header_row is None and number > _HEADER_SEARCH:
            break
        if (number == header_row) if header_row is not None else any(cell.strip() for cell in cells):
            if is_open:
                break
            return Table(path, codec, delimiter, number, _columns(cells))
    raise ImportRefused(Message(N_("The file has no header row.")))


def _columns(cells: list[str]) -> tuple[Column, ...]:
    if len(cells) > MAX_COLUMNS:
        raise ImportRefused(Message(N_("The file has more than %(limit)s columns."), limit=MAX_COLUMNS))
    names: Counter[str] = Counter()
    columns = []
    for index, cell in enumerate(cells):
        text = " ".join(_CONTROLS.sub(" ", cell).split())
        name = text or f"column {index + 1}"
        names[name.casefold()] += 1
        if names[name.casefold()] > 1:
            name = f"{name} ({names[name.casefold()]})"
        columns.append(Column(index, name, bool(text)))
    return tuple(columns)


def _row(number: int, cells: list[str], width: int, is_open: bool) -> Row:
    clean = [_CONTROLS.sub("", cell).strip() for cell in cells]
    values = tuple((clean + [""] * width)[:width])
    if is_open:
        text = N_("A quotation mark is opened here and never closed; everything after it is one cell")
        return Row(number, values, problem=Message(text))
    if any(clean[width:]):
        text = N_("%(found)s cells where the header has %(wanted)s; is a value with the separator in it not quoted?")
        return Row(number, values, problem=Message(text, found=len(cells), wanted=width))
    if len(cells) < width and any(clean):
        text = N_("%(found)s cells where the header has %(wanted)s; the rest taken as empty")
        return Row(number, values, remark=Message(text, found=len(cells), wanted=width))
    if any(_CONTROLS.search(cell) for cell in cells):
        return Row(number, values, remark=Message(N_("Invisible control characters were left out")))
    return Row(number, values)


class _Lines:
    """The lines of a file for the CSV reader, remembering whether it asked for more than there were."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.is_exhausted = False

    def __iter__(self) -> Iterator[str]:
        yield from self._file
        self.is_exhausted = True


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """Row number, cells, and whether the row ended only because the file did, inside quotation marks."""
    previous = csv.field_size_limit(MAX_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(iter(lines), delimiter=delimiter, skipinitialspace=True)
            for number, cells in enumerate(reader, start=1):
                # The limit is one for the whole process: hold it only while this reader reads.
                csv.field_size_limit(previous)
                yield number, cells, lines.is_exhausted
                csv.field_size_limit(MAX_CELL)
    except csv.Error as error:
        raise ImportRefused(
            Message(
                N_("Near line %(line)s the file is no table (%(error)s); is a quotation mark missing?"),
                line=reader.line_num,
                error=str(error),
            )
        ) from None
    finally:
        csv.field_size_limit(previous)


def _delimiter_of(path: Path, encoding: str) -> str:
    """The separator that gives the most even rows of more than one cell; a comma when none does."""
    return max(DELIMITERS, key=lambda delimiter: (_evenness(path, encoding, delimiter), -DELIMITERS.index(delimiter)))


def _evenness(path: Path, encoding: str, delimiter: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for _number, cells, _is_open in _records(path, encoding, delimiter):
            if any(cells):
                widths[len(cells)] += 1
            if widths.total() >= _SNIFFED_ROWS:
                break
    except ImportRefused:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
    return (count / widths.total(), width) if width > 1 else (0.0, 0)
