"""Which encoding a text file is in: proven, named by the user, or refused; never guessed (SPEC 4.2)."""
import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from crm.imports.errors import ImportRefused
from crm.messages import N_, Message

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = ("windows-1252", "windows-1250", "iso-8859-2", "windows-1251", "shift_jis", "big5", "gb18030", "euc_kr")
_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024
_SHOWN = 3
_CONTEXT = 12


def encoding_of(path: Path, named: str | None = None) -> str:
    """The codec to read `path` with; `named` is what the user said and is only checked.

    A byte order mark or text that is valid UTF-8 from end to end decides. Raises ImportRefused otherwise, with the
    encodings that are likely and what the first strange word reads like in each.
    """
    if named:
        return _check_named(path, named)
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, codec in _MARKS:
        if start.startswith(mark):
            _decode_all(path, codec)
            return codec
    _refuse_wide(start)
    broken = _first_broken(path)
    if broken is None:
        return "utf-8"
    line, raw, at = broken
    raise ImportRefused(
        Message(
            N_(
                "The file is not UTF-8 (line %(line)s). Say which encoding it is in with --encoding; "
                "likely ones: %(choices)s."
            ),
            line=line,
            choices="; ".join(_readings(start, raw, at)) or ", ".join(_COMMON[:3]),
        )
    )


def _check_named(path: Path, named: str) -> str:
    try:
        codec = codecs.lookup(named)
        # Some codecs (hex, rot13) are not of text at all.
        b"xx".decode(named, "replace")
    except LookupError:
        raise ImportRefused(Message(N_("There is no encoding called “%(name)s”."), name=named)) from None
    if codec.name == "utf-8":
        named = "utf-8-sig"
    _decode_all(path, named)
    return named


def _decode_all(path: Path, codec: str) -> None:
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            raise ImportRefused(Message(N_("The file cannot be read as %(name)s."), name=codec)) from None


def _refuse_wide(start: bytes) -> None:
    """Refuse two-byte text without a mark: as UTF-8 it would pass, full of zero bytes."""
    if len(start) < 4:
        return
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        bytes_there = start[first::2]
        if bytes_there.count(0) * 10 > len(bytes_there) * 7:
            raise ImportRefused(
                Message(
                    N_("The file looks like %(name)s without a byte order mark; say so with --encoding %(name)s."),
                    name=codec,
                )
            )


def _first_broken(path: Path) -> tuple[int, bytes, int] | None:
    """Line number, line and position in it of the first byte that is not UTF-8; None when there is none."""
    number = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                # Lines of an old Mac end with a carriage return alone.
                return number + raw[: error.start].count(b"\r"), raw, error.start
    return None


def _readings(start: bytes, raw: bytes, at: int) -> list[str]:
    readings: dict[str, str] = {}
    for codec in (*_guesses(start), *_COMMON):
        try:
            text = raw.decode(codec)
            place = len(raw[:at].decode(codec))
        except (LookupError, UnicodeError):
            continue
        shown = text[max(0, place - _CONTEXT) : place + _CONTEXT].strip()
        if shown.isprintable() and shown not in readings.values():
            readings[codec] = shown
        if len(readings) == _SHOWN:
            break
    return [f"{codec} (“{shown}”)" for codec, shown in readings.items()]


def _guesses(start: bytes) -> list[str]:
    best = from_bytes(start).best()
    if best is None or best.encoding in ("ascii", "utf_8"):
        return ["windows-1252"]
    return ["windows-1252", best.encoding.replace("cp125", "windows-125")]
