"""Texts and headers of mail as they really come: wrong charsets, raw bytes, headers no standard allows."""
import re
from base64 import b64decode
from binascii import a2b_qp
from email.message import EmailMessage
from email.utils import getaddresses

from crm.properties.types.cleaning import clean_line

# What is called one thing and is the larger other: browsers and mail programs read them so too.
_LARGER = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "windows-874": "cp874",
    "unicode-1-1-utf-7": "utf-7",
}
_LAST_TRIES = ("utf-8", "cp1252")
_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"\?=\s+=\?")
_FOLDED = re.compile(r"\r?\n[ \t]*")
Address = tuple[str, str]


def decode(data: bytes, charset: str | None) -> str:
    """`data` as text: in its charset if that is possible, else in the first of the usual ones that is."""
    name = (charset or "us-ascii").strip("\"' ").lower()
    for codec in (_LARGER.get(name, name), name, *_LAST_TRIES):
        try:
            return data.decode(codec)
        except (LookupError, UnicodeError):
            continue
    return data.decode("latin-1")


def header(message: EmailMessage, name: str) -> str:
    """The first header called `name` as one line of text, '' when there is none; never raises."""
    raw = _raw(message, name)
    if not raw:
        return ""
    if not _has_raw_bytes(raw):
        try:
            value = str(message[name])
            if "\ufffd" not in value and not _WORD.search(value):
                return clean_line(value)
        except Exception:  # noqa: S110 - the standard library's parser fails on some headers in many ways
            pass
    return clean_line(_decode_words(raw, message.get_content_charset()))


def addresses(message: EmailMessage, name: str) -> list[Address]:
    """The (name, address) pairs of every header called `name`; addresses as they stand there, lower-case."""
    pairs: dict[str, str] = {}
    for key, raw in message.raw_items():
        if key.lower() != name.lower():
            continue
        try:
            found = getaddresses([_FOLDED.sub(" ", str(raw))], strict=False)
        except TypeError:  # before Python 3.11.10 there is no strict
            found = getaddresses([_FOLDED.sub(" ", str(raw))])
        for label, address in found:
            decoded = clean_line(_decode_words(address, message.get_content_charset())).lower()
            if "@" in decoded and decoded not in pairs:
                pairs[decoded] = clean_line(_decode_words(label, message.get_content_charset()))
    return [(label, address) for address, label in pairs.items()]


def _raw(message: EmailMessage, name: str) -> str:
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return str(value)
    return ""


def _has_raw_bytes(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)


def _decode_words(raw: str, charset: str | None) -> str:
    """Encoded words and raw bytes of a header, whatever state they are in."""
    text = _FOLDED.sub(" ", raw)
    if _has_raw_bytes(text):
        text = decode(text.encode("utf-8", "surrogateescape"), charset)
    if "=?" not in text:
        return text
    # White space between two encoded words is not part of the text; one word may be broken without the others being.
    return _WORD.sub(_decode_word, _BETWEEN_WORDS.sub("?==?", text))


def _decode_word(found: re.Match[str]) -> str:
    coding, kind, encoded = found.groups()
    data = encoded.encode("utf-8", "surrogateescape")
    try:
        if kind in "qQ":
            data = a2b_qp(data, header=True)
        else:
            data = b64decode(data + b"=" * (-len(data) % 4))
    except ValueError:
        return found.group()
    return decode(data, coding.partition("*")[0])
