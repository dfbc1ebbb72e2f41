"""Excel workbooks: the first sheet with data, written out as CSV and read like one."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import python_calamine as calamine

from worker.query.intake.csv_files import read_text, sniffed
from worker.query.intake.readings import Reading
from worker.query.intake.work import Unreadable, Work

# What zipfile reads names with; the jail has no way to the module later.
codecs.lookup("cp437")


def read(work: Work) -> list[Reading]:
    """The workbook as text columns in `work.request["text"]`; how its values may be read."""
    source, scratch = Path(work.request["sources"][0]), Path(work.request["scratch"])
    _check_size(source, work.request["file_bytes"])
    try:
        book = calamine.CalamineWorkbook.from_path(str(source))
        sheet = _sheet(work, book)
    except calamine.CalamineError as error:
        raise Unreadable(f"it is no Excel workbook that can be read ({error}).") from error
    _write(sheet, scratch)
    return read_text(work, scratch, sniffed(work, scratch, ","))


def _check_size(source: Path, most_bytes: int) -> None:
    """Refuse what unpacks to more than is allowed; what lies about that meets the jail's limits."""
    try:
        with zipfile.ZipFile(source) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("it is no Excel workbook (.xlsx).") from error
    if unpacked > most_bytes:
        raise Unreadable(f"it unpacks to {unpacked >> 20:,} MB, which is too much.")


def _sheet(work: Work, book: calamine.CalamineWorkbook) -> calamine.CalamineSheet:
    """The first visible sheet with more than one row."""
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ is calamine.SheetTypeEnum.WorkSheet
        and sheet.visible is calamine.SheetVisibleEnum.Visible
    ]
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > 1:
            work.notes.understood.append(f"Sheet: “{name}”.")
            others = [f"“{other}”" for other in visible if other != name]
            if others:
                work.notes.problems.append(
                    f"Only the sheet “{name}” was read; there are also {', '.join(others)}."
                )
            return sheet
    raise Unreadable("it has no sheet with rows.")


def _write(sheet: calamine.CalamineSheet, scratch: Path) -> None:
    with scratch.open("r+", encoding="utf-8", newline="") as made:
        writer = csv.writer(made)
        for row in sheet.iter_rows():
            cells = [_text(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)


def _text(cell: Any) -> str:
    """A cell as the text of a CSV."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case dt.datetime() | dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell).replace("\0", "")
