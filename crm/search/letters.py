"""Letters made comparable: how a text is written makes no difference, what it says does.

Positions in a text count in its composed form; what is done `in_place` keeps them, what is folded need not.
"""

import re
import unicodedata
from functools import lru_cache

# Scripts written without spaces: kana, bopomofo, ideographs, hangul and its single letters, half-width forms.
UNSPACED = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3038-\u303a\u3040-\u30fa\u30fc-\u318f\u3192-\u3195\u31a0-\u31bf"
    "\u31f0-\u31ff\u3220-\u3229\u3280-\u3289\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\uff66-\uffdc\U00020000-\U0003ffff"
)
LONGEST_REMEMBERED = 64
MARKS = "\u0300-\u036f"
UMLAUT = re.compile("[äöüÄÖÜ]")

_FIRST_MARK, _LAST_MARK = MARKS.split("-")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_WORDS = re.compile(rf"[\w{UNSPACED}][\w{UNSPACED}{MARKS}]*")
_NO_LETTER = re.compile(rf"[^\w{UNSPACED}]")
_LETTERS_WITHOUT_PARTS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "þ": "th",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ς": "σ",
    }
)
_GERMAN_SPELLING = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

# Soft hyphens and other things nobody sees: mail programs put them into the middle of words.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SAME = {ord("‘"): "'", ord("’"): "'", ord("ʼ"): "'", ord("ʻ"): "'", ord("−"): "-", ord("\u202f"): "\u00a0"}
_SAME |= dict.fromkeys(range(0x2010, 0x2014), "-")
_SAME |= dict.fromkeys((0x2007, 0x2008, 0x2009), "\u00a0")
_SAME |= {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
_MAY_BE_PLAINER = re.compile("[\u02bb\u02bc\u2007-\u2013\u2018\u2019\u202f\u2212\uff01-\uff5e]")


def composed(text: str) -> str:
    """`text` with letters and their accents joined, and without what cannot be seen."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def in_place(text: str) -> str:
    """The composed `text` in lower case, hyphens, apostrophes, blanks and full-width forms made plain, none moved."""
    if text.isascii():
        return text.lower()
    if _MAY_BE_PLAINER.search(text):
        text = text.translate(_SAME)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def fold_words(text: str) -> str:
    """`text`, which is in place, with every word folded and everything between words as it was.

    Texts are compared in this form: no accents, full-width forms and ligatures made plain.
    """
    return text if text.isascii() else _WORDS.sub(_folded, text)


def _folded(found: re.Match[str]) -> str:
    word = found.group()
    if word.isascii():
        return word
    return _fold(word) if len(word) <= LONGEST_REMEMBERED else _fold.__wrapped__(word)


@lru_cache(maxsize=10_000)
def _fold(word: str) -> str:
    """The folded form of a word, remembered: texts have the same words again and again."""
    text = unicodedata.normalize("NFKC", word).lower().translate(_LETTERS_WITHOUT_PARTS)
    if not text.isascii():
        bare = (char for char in unicodedata.normalize("NFD", text) if not _FIRST_MARK <= char <= _LAST_MARK)
        text = unicodedata.normalize("NFC", "".join(bare))
    # A fraction and some ligatures become several characters, not all of them letters.
    return text if text.isalnum() else _NO_LETTER.sub("", text)


def german(text: str) -> str:
    """The composed `text` with its umlauts written as German does without them (Müller: Mueller); "" without any."""
    return "" if text.isascii() or not UMLAUT.search(text) else text.translate(_GERMAN_SPELLING)


def is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script that has no spaces between words."""
    return _UNSPACED.match(char) is not None
