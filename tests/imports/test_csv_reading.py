"""Delimited files in any shape: every cell is read, every oddity is said."""

import pytest

from crm.imports import csv_reading
from crm.imports.csv_reading import Row, open_table
from crm.imports.errors import ImportRefused
from tests.imports.conftest import Write


def read(write: Write, data: str | bytes, **options: int) -> list[Row]:
    return list(open_table(write(data), **options).rows())  # type: ignore[arg-type]


def names(write: Write, data: str | bytes) -> list[str]:
    return [column.name for column in open_table(write(data)).columns]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found(write: Write, sign: str) -> None:
    cell = '"2, and more"' if sign == "," else "2, and more"
    table = open_table(write(f"a{sign}b{sign}c\n1{sign}{cell}{sign}3\n"))
    assert table.delimiter == sign
    assert len(table.columns) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_and_within_cells(write: Write, end: str) -> None:
    rows = read(write, f'a,b{end}1,"two{end}lines"{end}2,x')
    assert [row.cells for row in rows] == [("1", f"two{end}lines"), ("2", "x")]
    assert [row.number for row in rows] == [2, 3]


def test_double_and_empty_headers_get_names_of_their_own(write: Write) -> None:
    assert names(write, "name,,Name,\nx,,y,\n") == ["name", "column 2", "Name (2)", "column 4"]


def test_a_header_over_two_lines_is_one_name(write: Write) -> None:
    assert names(write, '"first\n name",b\n1,2\n') == ["first name", "b"]


def test_empty_lines_above_the_header_are_passed_over(write: Write) -> None:
    table = open_table(write("\n,,\na,b\n1,2\n"))
    assert table.header_row == 3
    assert [row.number for row in table.rows()] == [4]


def test_the_header_may_be_named_when_text_stands_above_it(write: Write) -> None:
    table = open_table(write("Report of May\n\na,b\n1,2\n"), header_row=3)
    assert [column.name for column in table.columns] == ["a", "b"]


def test_a_row_that_is_too_long_is_not_trusted(write: Write) -> None:
    (row,) = read(write, "name,city\nAda,Paris, France\n")
    assert str(row.problem) == "3 cells where the header has 2; is a value with the separator in it not quoted?"


def test_empty_cells_too_many_do_no_harm(write: Write) -> None:
    (row,) = read(write, "name,city\nAda,Paris,,\n")
    assert (row.cells, row.problem) == (("Ada", "Paris"), None)


def test_a_short_row_is_taken_and_said(write: Write) -> None:
    (row,) = read(write, "name,city,zip\nAda,Paris\n")
    assert row.cells == ("Ada", "Paris", "")
    assert "rest taken as empty" in str(row.remark)


def test_zero_bytes_are_left_out_and_said(write: Write) -> None:
    (row,) = read(write, b"a,b\n\x00x,2\n")
    assert row.cells == ("x", "2")
    assert row.remark is not None


def test_a_quotation_mark_never_closed_is_named_where_it_opens(write: Write) -> None:
    rows = read(write, 'a,b\n1,2\n3,"four\n5,6\n7,8\n')
    assert [row.problem is None for row in rows] == [True, False]
    assert rows[1].number == 3


def test_a_cell_without_end_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "MAX_CELL", 100)
    with pytest.raises(ImportRefused, match="Near line"):
        read(write, 'a,b\n1,"' + "x\n" * 200 + '"\n')


def test_a_space_before_a_quotation_mark_is_passed_over(write: Write) -> None:
    (row,) = read(write, 'a, b\n1, "6,000"\n')
    assert row.cells == ("1", "6,000")


@pytest.mark.parametrize("data", ["", "\n\n\n", b"\xef\xbb\xbf"])
def test_a_file_without_a_header_is_refused(write: Write, data: str | bytes) -> None:
    with pytest.raises(ImportRefused, match="no header"):
        open_table(write(data))


def test_a_million_columns_are_refused(write: Write) -> None:
    with pytest.raises(ImportRefused, match="more than 1000 columns"):
        open_table(write("a," * 5000 + "b\n"))
