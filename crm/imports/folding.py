"""Comparing what people write: case, accents, spaces and punctuation do not count."""
import re
import unicodedata

_BARRED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """`text` reduced to lower-case letters and digits, without accents: "E-Mail (Work)" and "email_work" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_BARRED))
    return _NOT_WORD.sub("", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def fold_name(name: str) -> str:
    """A name for comparing: case and runs of spaces do not count, everything else does."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
