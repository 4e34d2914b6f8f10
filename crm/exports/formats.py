"""The formats in which a table leaves the program: CSV, and a workbook of spreadsheets (SPEC 5.3, QUALITY 3).

Rows wait on disk as lines of JSON until all are there. No cell is taken for a formula, whatever opens the file.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from crm.exports.cells import DAY, MOMENT, NUMBER, PERCENT, TEXT, Cell
from crm.files.storage import sync
from crm.imports.report import harmless
from crm.messages import N_

MOST_IN_CELL = 32_767
FIRST_DAY = "1900-03-01"
"""Spreadsheets count their days from here without an error."""
FORMATS_OF_CELLS = {DAY: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm", PERCENT: "0.######%"}
LONGEST_SHEET = 31
Rows = Iterator[list[Cell]]


@dataclass(frozen=True)
class Format:
    """One format: the end of the names of its files, its kind of media, how many rows it holds, and its writer.

    `write(path, title, header, rows)` makes the file.
    """

    name: str
    label: str
    media_type: str
    most_rows: int
    write: Callable[[Path, str, Sequence[str], Rows], None]


def write_csv(path: Path, title: str, header: Sequence[str], rows: Rows) -> None:
    """Values between commas, UTF-8 with the mark by which spreadsheets know it."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(text) for text in header])
        for row in rows:
            writer.writerow([harmless(one.plain) if one.kind == TEXT else one.plain for one in row])


def write_workbook(path: Path, title: str, header: Sequence[str], rows: Rows) -> None:
    """One sheet with a head that stays; written row by row, so that the size of the table needs no memory.

    What it writes beside is in a folder that housekeeping knows by its name.
    """
    with TemporaryDirectory(prefix=f"{path.name}.", dir=path.parent, ignore_cleanup_errors=True) as folder:
        try:
            _write_book(path, folder, title, header, rows)
        except FileCreateError as error:
            raise OSError(str(error)) from error


def _write_book(path: Path, folder: str, title: str, header: Sequence[str], rows: Rows) -> None:
    options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options | {"strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:LONGEST_SHEET].strip() or "Kartotek")
        styles = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS_OF_CELLS.items()}
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, len(header) - 1, 22)
        bold = book.add_format({"bold": True})
        for column, text in enumerate(header):
            sheet.write_string(0, column, _fitting(text), bold)
        for place, row in enumerate(rows, 1):
            for column, one in enumerate(row):
                if one.kind in (NUMBER, PERCENT):
                    sheet.write_number(place, column, float(one.text), styles.get(one.kind))
                elif one.kind == DAY and one.text >= FIRST_DAY:
                    sheet.write_datetime(place, column, date.fromisoformat(one.text), styles[DAY])
                elif one.kind == MOMENT and one.text >= FIRST_DAY:
                    sheet.write_datetime(place, column, datetime.fromisoformat(one.text), styles[MOMENT])
                elif one.text:
                    sheet.write_string(place, column, _fitting(one.plain))


def _fitting(text: str) -> str:
    """A text as a cell of a spreadsheet holds it; no such file may have signs that XML has not."""
    text = harmless(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text))
    return text if len(text) <= MOST_IN_CELL else f"{text[: MOST_IN_CELL - 1]}…"


CSV = Format("csv", N_("CSV"), "text/csv", 10_000_000, write_csv)
WORKBOOK = Format(
    "xlsx",
    N_("Excel (XLSX)"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    1_048_575,
    write_workbook,
)
FORMATS = {one.name: one for one in (CSV, WORKBOOK)}


def append_rows(path: Path, written: int, rows: Sequence[Sequence[Cell]]) -> int:
    """Put rows after the first `written` bytes of a file, dropping what stands behind those; its size then.

    Raises FileNotFoundError when that much is not there any more.
    """
    lines = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows).encode()
    if path.stat().st_size < written:
        raise FileNotFoundError(path)
    with path.open("r+b") as file:
        file.seek(written)
        file.truncate()
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def rows_in(path: Path, written: int) -> Rows:
    """The rows that stand in the first `written` bytes of a file."""
    with path.open("rb") as file:
        while file.tell() < written:
            yield [Cell(*one) for one in json.loads(file.readline())]


def write_whole(path: Path, form: Format, title: str, header: Sequence[str], rows: Rows) -> int:
    """Make the file, whole or not at all; its size."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    form.write(beside, title, header, rows)
    os.chmod(beside, 0o600)
    sync(beside)
    beside.replace(path)
    sync(path.parent)
    return path.stat().st_size
