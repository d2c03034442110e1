"""Tables out of files of every kind that people upload, and clear words for those that hold none."""

import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.importing import limits
from portfolio.importing.formulas import escaped, unescaped
from portfolio.importing.limits import UnreadableFileError
from portfolio.importing.reading import read_sheet

from .files import delimited, workbook

HEADER = ["Name", "Department", "Status", "Description"]
ROWS = [
    ["Invoice matching", "Finance", "Live", "Matches invoices,\nline by line"],
    ["Fraud detection", "Claims", "Pilot", "Flags odd claims; a person decides"],
    ["Pump maintenance", "Plant", "Idea", 'Says "soon" | "now"'],
]
GERMAN = [
    ["Projektname", "Fachbereich", "Status", "Bemerkung"],
    ["Prüfung von Verträgen", "Recht & Einkauf", "In Betrieb", "Größte Ersparnis – 40 %"],
    ["Störungserkennung", "Produktion", "Pilotphase", "läuft über Köln"],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_reads_every_delimiter_in_every_encoding(delimiter, encoding):
    sheet = read_sheet(delimited([HEADER, *ROWS], delimiter).encode(encoding))

    assert list(sheet.headers) == HEADER
    assert [list(row.cells) for row in sheet.rows] == ROWS
    assert sheet.delimiter == delimiter


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_reads_umlauts_of_windows_and_of_old_macs(encoding):
    sheet = read_sheet(delimited(GERMAN, ";").encode(encoding))

    assert sheet.encoding == encoding
    assert [list(row.cells) for row in sheet.rows] == GERMAN[1:]


def test_reads_a_stray_windows_byte_in_utf_8():
    text = delimited([*GERMAN, ["Wärmebild", "Düsseldorf", "Pilot", "X"]], ";").encode().replace(b"X", b"it\x92s")

    sheet = read_sheet(text)

    assert sheet.encoding == "utf-8"
    assert sheet.rows[-1].cells == ("Wärmebild", "Düsseldorf", "Pilot", "it’s")


def test_reads_cyrillic_of_an_old_code_page():
    text = delimited([["Название", "Отдел"], ["Проверка счетов", "Финансы"], ["Поиск мошенничества", "Страхование"]])

    assert read_sheet(text.encode("cp1251")).rows[0].cells == ("Проверка счетов", "Финансы")


def test_finds_the_header_below_banners_and_empty_rows():
    banner = [
        ["KI-Inventar der Müller AG", "", "", ""],
        ["", "", "", ""],
        ["Stand: 1.2.2025", "", "", ""],
        ["", "", "", ""],
    ]

    sheet = read_sheet(delimited([*banner, *GERMAN], ";").encode("cp1252"))

    assert sheet.header_row == 5
    assert [row.number for row in sheet.rows] == [6, 7]


def test_takes_the_first_row_where_no_word_is_known():
    sheet = read_sheet(delimited([["foo", "bar", "baz"], ["1", "x", "2"], ["2", "y", "3"]]).encode())

    assert (sheet.header_row, sheet.headers, len(sheet.rows)) == (1, ("foo", "bar", "baz"), 2)


def test_keeps_row_numbers_as_a_person_counts_them():
    text = 'Name,Summary\r\n"Two\nlines",a\r\n\r\n,\r\nLast,b\r\n'

    assert [(row.number, row.cells[0]) for row in read_sheet(text.encode()).rows] == [(2, "Two\nlines"), (5, "Last")]


def test_names_repeated_and_missing_headers():
    sheet = read_sheet(delimited([["Name", "Owner", "Owner", "", ""], ["A", "x@y.z", "y@y.z", "more", ""]]).encode())

    assert sheet.headers == ("Name", "Owner", "Owner (2)", "Column D")
    assert dict(sheet.records())[2] == {"Name": "A", "Owner": "x@y.z", "Owner (2)": "y@y.z", "Column D": "more"}


def test_reads_ragged_rows_and_a_declared_delimiter():
    sheet = read_sheet(b"sep=;\r\nName;Status;Owner\r\nA;Live\r\nB;Pilot;x@y.z;left over\r\n")

    assert sheet.header_row == 2
    assert [row.cells for row in sheet.rows] == [("A", "Live", "", ""), ("B", "Pilot", "x@y.z", "left over")]


def test_leaves_notes_and_repeated_headers_out():
    rows = [HEADER, *ROWS, HEADER, ROWS[0], ["", "", "", ""], ["Source: the office, 2025", "", "", ""]]

    sheet = read_sheet(delimited(rows).encode())

    assert len(sheet.rows) == 4
    assert sheet.notes == ("Row 8, below the table: Source: the office, 2025",)


def test_a_header_alone_is_a_table_without_rows():
    sheet = read_sheet(delimited([HEADER]).encode())

    assert (list(sheet.headers), sheet.rows) == (HEADER, ())


def test_reads_the_visible_sheet_that_looks_like_a_register():
    content = workbook(
        {
            "Read me": [["How to fill this in"], ["Ask the office"]],
            "Lists": [["Name", "Status", "Department", "Description"], *([["a", "b", "c", "d"]] * 90)],
            "Register": [["AI register 2025", ""], HEADER, *ROWS],
        },
        hidden=["Lists"],
    )

    sheet = read_sheet(content)

    assert (sheet.name, sheet.header_row, len(sheet.rows)) == ("Register", 2, 3)
    assert sheet.notes == ("Sheet “Read me” was not read.",)


def test_joins_a_header_of_two_rows_with_merged_cells():
    content = workbook(
        {
            "Register": [
                ["", "", "", "", "", ""],
                ["", "", "Business", "Technical", "Start", "End"],
                ["Invoices", "Finance", "a@x.com", "b@x.com", "2024-01-01", ""],
                ["Fraud", "Claims", "c@x.com", "d@x.com", "2024-02-01", "2025-01-01"],
            ]
        },
        merged=[("A1:A2", "Name"), ("B1:B2", "Department"), ("C1:D1", "Owner"), ("E1:F1", "Dates")],
    )

    sheet = read_sheet(content)

    assert sheet.header_row == 2
    assert sheet.headers[:4] == ("Name", "Department", "Owner: Business", "Owner: Technical")
    assert len(sheet.rows) == 2


def test_writes_dates_numbers_and_truth_as_people_do():
    day = date(2024, 5, 1)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for place, header in enumerate(["Name", "Start date", "Score", "Public", "Share"]):
        page.write(0, place, header)
    page.write(1, 0, "A")
    page.write_datetime(1, 1, day, book.add_format({"num_format": "yyyy-mm-dd"}))
    page.write(1, 2, 3)
    page.write(1, 3, True)
    page.write(1, 4, 0.25)
    book.close()

    assert read_sheet(out.getvalue()).rows[0].cells == ("A", "2024-05-01", "3", "TRUE", "0.25")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (bytes(range(256)) * 40, "not a text table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text table"),
        (b"PK\x03\x04 but no zip file at all", "damaged"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600, "password"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "damaged"),
        (b'Name,Summary\r\n"never closed,' + b"x" * 200_000, "quotation mark"),
        (delimited([["h"] * 600, ["x"] * 600]).encode(), "columns"),
    ],
)
def test_says_why_a_file_cannot_be_read(content, word):
    with pytest.raises(UnreadableFileError, match=word):
        read_sheet(content)


def test_refuses_a_file_too_large_before_reading_it(monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 100)

    with pytest.raises(UnreadableFileError, match="Split"):
        read_sheet(b"Name\n" + b"x\n" * 60)


def test_refuses_too_many_rows():
    with pytest.raises(UnreadableFileError, match=r"200,\d+ rows"):
        read_sheet(b"Name,Status\n" + b"a,b\n" * (limits.MAX_ROWS + 200))


def test_refuses_a_zip_bomb_without_unpacking_it():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        with archive.open("xl/worksheets/sheet1.xml", "w") as entry:
            for _ in range(420):
                entry.write(b"0" * limits.MEGABYTE)

    with pytest.raises(UnreadableFileError, match="unpacks to 420 MB"):
        read_sheet(out.getvalue())


def test_refuses_a_workbook_that_lies_about_its_size():
    content = bytearray(workbook({"Register": [HEADER, *ROWS]}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    size = entry.file_size.to_bytes(4, "little")
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert content[place + 24 : place + 28] == size
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")

    with pytest.raises(UnreadableFileError, match="damaged"):
        read_sheet(bytes(content))


@pytest.mark.parametrize(
    "far",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c s='1' r='XFD1048576' t='n'><v>1</v></c></row>",
        b'<row r="1048576"><c><v>1</v></c></row><row r="1048577"><c r="XFD1"><v>1</v></c></row>',
    ],
)
def test_refuses_a_single_cell_far_away(far):
    content = workbook({"Register": [HEADER, *ROWS]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            target.writestr(name, data)

    with pytest.raises(UnreadableFileError, match="reaches down to row"):
        read_sheet(out.getvalue())


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_with_words(content):
    with suppress(UnreadableFileError):
        sheet = read_sheet(content)
        assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.text(max_size=12))
def test_escaping_a_formula_can_be_undone(cell):
    assert unescaped(escaped(cell)) == cell
    assert escaped(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@given(
    rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|")
)
@settings(deadline=None)
def test_an_exported_table_comes_back_as_it_was(rows, delimiter):
    written = [[f"row {number}", *map(str.strip, row)] for number, row in enumerate(rows)]
    header = ["Use case ID", "Use case name", "Stage", "Business unit", "Summary"]
    text = delimited([header, *([escaped(cell) for cell in row] for row in written)], delimiter)

    sheet = read_sheet(text.encode("utf-8-sig"))

    read = [dict(zip(sheet.headers, row.cells, strict=True)) for row in sheet.rows]
    assert read == [dict(zip(header, row, strict=True)) for row in written]
