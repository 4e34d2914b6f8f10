"""Numbers as files write them, with point or comma, to one canonical form."""
import re
from collections.abc import Iterable

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_DOT_DECIMAL = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?")
_COMMA_DECIMAL = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?")


def _bare(text: str) -> str:
    """`text` without spaces between its digits; (5) in brackets is -5."""
    bare = _SPACES.sub("", text).replace("\u2212", "-")
    return f"-{bare[1:-1]}" if bare.startswith("(") and bare.endswith(")") else bare


def canonical_number(text: str, comma_decimal: bool = False) -> str | None:
    """`text` as `-1234.5`, or None when it is no bare number in this style.

    Without `comma_decimal` a comma may only group thousands; "1,7" alone can only be 1.7 and is taken as that.
    """
    bare = _bare(text)
    if not bare.isascii() or not any(sign.isdigit() for sign in bare):
        return None
    if comma_decimal or _proves_comma(bare):
        return bare.replace(".", "").replace(",", ".") if _COMMA_DECIMAL.fullmatch(bare) else None
    return bare.replace(",", "") if _DOT_DECIMAL.fullmatch(bare) else None


def uses_comma(texts: Iterable[str]) -> bool:
    """Whether a column writes its decimals with a comma: some value proves it and none proves the opposite."""
    bare = [_bare(text) for text in texts]
    return any(_proves_comma(one) for one in bare) and not any(_proves_dot(one) for one in bare)


def _proves_comma(bare: str) -> bool:
    if not _COMMA_DECIMAL.fullmatch(bare):
        return False
    return ("," in bare and not re.search(r",\d{3}$", bare)) or ("," in bare and "." in bare) or bare.count(".") > 1


def _proves_dot(bare: str) -> bool:
    if not _DOT_DECIMAL.fullmatch(bare):
        return False
    return ("." in bare and not re.search(r"\.\d{3}$", bare)) or ("," in bare and "." in bare) or bare.count(",") > 1
