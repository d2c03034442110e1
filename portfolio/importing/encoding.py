"""Bytes to text, whatever program wrote them."""

import codecs
import re

from charset_normalizer import from_bytes

from .limits import UnreadableFileError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheet programs on Western Windows and old Macs write, and the marks common in such texts.
WESTERN = ("cp1252", "mac_roman")
COMMON_MARKS = frozenset("äöüßÄÖÜéèêëàâáçñíóúôîïãõøåæœÉÈÀÇÑÓØÅ’‘“”–—…•·®©™°§€£«»¿¡\u00a0")
MOST_BEYOND = 0.4  # of the letters of a Western text, those with accents
# Control characters that no table holds; tab, line feed and carriage return may.
CONTROL_CHARACTERS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LINE_END = re.compile(rb"[\r\n]")  # one byte of it, in UTF-16 too
SAMPLE = 200_000


def _cp1252_for_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    """Reads the odd Windows byte that somebody pasted into a UTF-8 file."""
    assert isinstance(error, UnicodeDecodeError)
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", errors="replace"), error.end


codecs.register_error("cp1252_for_bad_bytes", _cp1252_for_bad_bytes)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of the encoding it was read with."""
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace").removeprefix("\ufeff"), name
    if wide := _wide_encoding(content):
        return content.decode(wide, errors="replace"), wide
    _refuse_binary(content)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_legacy(content)


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 without its mark: in a table, every other byte of most characters is zero."""
    head = content[:2000]
    if len(head) < 4 or len(content) % 2 or not LINE_END.search(content):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _refuse_binary(content: bytes) -> None:
    head = content[:SAMPLE]
    if b"\x00" in head or len(CONTROL_CHARACTERS.findall(head)) > len(head) / 1000 + 2:
        raise UnreadableFileError(
            "This is not a text table. Save it as CSV or XLSX in your spreadsheet program and upload that."
        )


def _decode_legacy(content: bytes) -> tuple[str, str]:
    """The single-byte encoding whose reading looks most like writing."""
    mixed = content.decode("utf-8", errors="cp1252_for_bad_bytes")
    if _multibyte_characters(content) > 3 * _bad_bytes(content):
        return mixed, "utf-8"
    plausible = {name: _plausibility(content[:SAMPLE].decode(name, errors="replace")) for name in WESTERN}
    best = max(WESTERN, key=lambda name: plausible[name])
    if plausible[best] < 0.5:
        best = _guess(content) or best
    return content.decode(best, errors="replace"), best


def _multibyte_characters(content: bytes) -> int:
    return len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", content))


def _bad_bytes(content: bytes) -> int:
    read = content.decode("utf-8", errors="surrogateescape")
    return sum("\udc80" <= mark <= "\udcff" for mark in read)


def _plausibility(text: str) -> float:
    """Which share of the characters beyond ASCII is common in Western texts."""
    letters = [mark for mark in text if mark.isalpha() or mark > "\x7f"]
    beyond = [mark for mark in letters if mark > "\x7f"]
    if len(beyond) > MOST_BEYOND * len(letters):
        return 0.0  # a script of its own
    return sum(mark in COMMON_MARKS for mark in beyond) / len(beyond) if beyond else 1.0


def _guess(content: bytes) -> str | None:
    best = from_bytes(content[:SAMPLE]).best()
    return best.encoding if best else None
