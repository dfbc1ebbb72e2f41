"""Files that are not what they say, or far more than they say."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence

_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    'main"><sheetData>{rows}</sheetData></worksheet>'
)
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
    '+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
    'openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.'
    'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"'
    "/></Relationships>",
}


def workbook(sheet: str, **parts: bytes) -> bytes:
    """An Excel workbook whose one sheet has this XML for rows."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in _PARTS.items():
            packed.writestr(name, text)
        packed.writestr("xl/worksheets/sheet1.xml", _SHEET.replace("{rows}", sheet))
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def cells(*rows: Sequence[object]) -> str:
    """Rows of a sheet as XML: numbers, and texts in line."""
    text = ""
    for at, row in enumerate(rows, 1):
        text += f'<row r="{at}">'
        for column, value in enumerate(row):
            place = f"{chr(65 + column)}{at}"
            if isinstance(value, int | float):
                text += f'<c r="{place}"><v>{value}</v></c>'
            else:
                text += f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        text += "</row>"
    return text


def zip_bomb() -> bytes:
    """A workbook of a third of a megabyte that unpacks to a thousand times that."""
    made = io.BytesIO(workbook(cells(["a"], [1])))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/media/image1.png", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1 << 20))
    return made.getvalue()


def lying_zip() -> bytes:
    """A workbook whose directory says that its sheet has ten bytes."""
    honest = workbook(cells(["a", "b"], *([n, n] for n in range(20_000))))
    lying = bytearray(honest)
    at = lying.rfind(b"PK\x01\x02", 0, lying.rfind(b"xl/worksheets/sheet1.xml"))
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(lying)


def entities() -> bytes:
    """A sheet of entities that stand for each other, a billion times."""
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "ha">{nested}]>'
    sheet = _SHEET.replace('<?xml version="1.0"?>', head)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in _PARTS.items():
            packed.writestr(name, text)
        rows = cells(["a"], ["&e9;"])
        packed.writestr("xl/worksheets/sheet1.xml", sheet.replace("{rows}", rows))
    return made.getvalue()


def far_cell() -> bytes:
    """Two cells, one in the last row and the last column there can be."""
    return workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )


def footer(length: int, *, body: bytes = b"x" * 64) -> bytes:
    """A Parquet file whose footer says it is so long."""
    return b"PAR1" + body + struct.pack("<I", length) + b"PAR1"


#: By name: what makes them, and a word of the reason for which they are refused.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing.csv": (lambda: b"", "empty"),
    "header.csv": (lambda: b"a,b\n", "no rows"),
    "picture.csv": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400 + bytes(90_000), "text"),
    "zeros.csv": (lambda: bytes(1 << 20), "text"),
    "line.csv": (lambda: b"a,b\n" + b"x" * (6 << 20) + b",1\n2,3\n", "4 MB"),
    "columns.csv": (lambda: b",".join(b"c%d" % n for n in range(5_000)) + b"\n1\n", "columns"),
    "ragged.csv": (lambda: b"a,b,c\n" + b"1,2\n" * 150_000, "100,000"),
    "halves.csv": (lambda: b"\xff\xfea", "UTF-16"),
    "bomb.xlsx": (zip_bomb, "unpacks to 300 MB"),
    "text.xlsx": (lambda: b"a,b\n1,2\n", "no Excel workbook"),
    "cut.xlsx": (lambda: workbook(cells(["a"], [1]))[:-40], "no Excel workbook"),
    "empty.xlsx": (lambda: workbook(""), "no sheet with rows"),
    "scalar.json": (lambda: b"7", "no JSON objects"),
    "deep.json": (lambda: b"[" * 2_000_000, "cannot be read"),
    "keys.jsonl": (
        lambda: b"".join(b'{"k%d": 1}\n' % n for n in range(20_000)),
        "too little in common",
    ),
    "text.jsonl": (lambda: b"no json\n" * 1000, "no JSON objects"),
    "magic.parquet": (lambda: footer(0), "cannot be read"),
    "long.parquet": (lambda: footer(0x7FFFFFFF), "cannot be read"),
    "negative.parquet": (lambda: footer(0xFFFFFFFF), "cannot be read"),
    "noise.parquet": (lambda: footer(64, body=bytes(range(64))), "cannot be read"),
    "locked.parquet": (lambda: b"PARE" + bytes(100) + b"PARE", "cannot be read"),
}
