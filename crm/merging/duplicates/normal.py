"""Names, telephones and addresses in a form in which the same is equal, whatever the language and the spelling."""

import re
from collections.abc import Iterable

from crm.search.letters import composed, fold_words, german, in_place

_FORMS = """
ab ag as bv co company corp corporation gmbh inc incorporated kg limited llc llp ltd mbh nv oy oyj plc pte pty sa sarl
sas se spa spolka sp srl the z o oo
"""
LEGAL_FORMS = frozenset(_FORMS.split())
PHONE_LENGTH = 8
SHORTEST_PHONE = 7
LONGEST = 250
_WORD = re.compile(r"\w+")
_NOT_DIGIT = re.compile(r"\D+")


def spellings(text: str | None) -> frozenset[str]:
    """A text as words without accents, in any order; one with umlauts also as those who have none write it."""
    if not text or not text.strip():
        return frozenset()
    return frozenset(" ".join(sorted(words)) for words in _spelled(text) if words)


def words_of_name(text: str | None) -> frozenset[str]:
    """Every word of a name, in every spelling."""
    return frozenset(word for words in _spelled(text or "") for word in words if len(word) > 1)


def firm(text: str | None) -> frozenset[str]:
    """The name of a company without its legal form; as it is when nothing else remains."""
    kept = frozenset(
        " ".join(word for word in words if word not in LEGAL_FORMS) for words in _spelled(text or "") if words
    )
    return frozenset(one for one in kept if one) or spellings(text)


def telephone(*texts: str | None) -> frozenset[str]:
    """The last digits of telephone numbers, which do not depend on how the prefix was written."""
    numbers = (_NOT_DIGIT.sub("", text or "").lstrip("0") for text in texts)
    return frozenset(number[-PHONE_LENGTH:] for number in numbers if len(number) >= SHORTEST_PHONE)


def mailboxes(addresses: Iterable[str]) -> frozenset[str]:
    """E-mail addresses without what is ignored on the way: a tag after "+", and dots where Google has the mailbox."""
    found = set()
    for address in addresses:
        local, _, domain = address.strip().lower().rpartition("@")
        local = local.partition("+")[0]
        if domain in ("gmail.com", "googlemail.com"):
            local, domain = local.replace(".", ""), "gmail.com"
        if local:
            found.add(f"{local}@{domain}")
    return frozenset(found)


def _spelled(text: str) -> list[list[str]]:
    """The words of a text, folded; and once more with umlauts written as two letters, where it has any."""
    plain = in_place(composed(text[:LONGEST]))
    both = dict.fromkeys((fold_words(plain), fold_words(german(plain))))
    return [_WORD.findall(one) for one in both]
