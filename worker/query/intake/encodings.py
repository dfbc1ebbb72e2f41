"""Encodings: text files of any kind as UTF-8, and a word for every guess."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from worker.query.intake.work import Notes, Unreadable, many

_CHUNK_BYTES = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LABELS = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# So many more letters than broken ones mean a damaged file and not another encoding.
_DAMAGED = 10
# In UTF-16 every second byte of Western text is zero; in other text none is.
_ZEROS = 0.3
for _name in ("utf-8-sig", *_LABELS):
    # The jail has no way to the modules that the standard library would load later.
    codecs.lookup(_name)


@dataclass(frozen=True)
class _Found:
    encoding: str
    errors: str = "strict"


def as_utf8(source: Path, scratch: Path, notes: Notes) -> Path:
    """The file itself if it is UTF-8, else a copy of it in UTF-8, written to `scratch`."""
    found = _detect(source)
    if found.encoding in {"utf-8", "utf-8-sig"} and found.errors == "strict":
        notes.understood.append("Encoding: UTF-8.")
        return source
    label = _LABELS.get(found.encoding, "UTF-8")
    notes.understood.append(f"Encoding: {label}.")
    if found.encoding == "cp1252":
        notes.problems.append("The file is not UTF-8; it was read as Windows-1252 (Western).")
    lost = _transcode(source, scratch, found)
    if lost:
        notes.problems.append(f"No {label}, and shown as {_REPLACEMENT}: {many(lost, 'byte')}.")
    return scratch


def _detect(source: Path) -> _Found:
    with source.open("rb") as file:
        start = file.read(_CHUNK_BYTES)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return _Found(encoding)
        zeros = start.count(0)
        if zeros > len(start) * _ZEROS:
            even = start[::2].count(0)
            if max(even, zeros - even) < zeros * 0.9:
                raise Unreadable("it is not text.")
            return _Found("utf-16-be" if even > zeros - even else "utf-16-le")
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _not_utf8(chunk or start)
    return _Found("utf-8")


def _not_utf8(chunk: bytes) -> _Found:
    """Damaged UTF-8, or another encoding: judged by the chunk in which it showed."""
    text = chunk.decode("utf-8", "replace")
    broken = text.count(_REPLACEMENT)
    letters = sum(character > "\x7f" for character in text) - broken
    if letters > broken * _DAMAGED:
        return _Found("utf-8", "replace")
    return _Found("cp1252", "replace")


def _transcode(source: Path, scratch: Path, found: _Found) -> int:
    """Write the file as UTF-8; how many characters could not be read."""
    decoder = codecs.getincrementaldecoder(found.encoding)(found.errors)
    lost = 0
    try:
        with source.open("rb") as file, scratch.open("r+b") as made:
            while chunk := file.read(_CHUNK_BYTES):
                text = decoder.decode(chunk)
                lost += text.count(_REPLACEMENT)
                made.write(text.encode("utf-8", "replace"))
            made.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    except UnicodeDecodeError as error:
        label = _LABELS.get(found.encoding, found.encoding)
        raise Unreadable(f"it begins as {label} but does not go on so ({error.reason}).") from error
    return lost
