"""Turning text into words, the same way for every language, for the index, for queries and for highlights.

A text is cut into pieces (word, e-mail address, host name, date, telephone number, run of Chinese or Japanese). Each
piece gives several tokens to the index and one or two to a query, so that any reasonable way of asking finds it:
`lodz` finds "Łódź", `案件` finds "客服案件", `acme.com` and `doe` find "john.doe@acme.com" (QUALITY 4).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.search.letters import MARKS, UNSPACED, composed, fold_words, german, in_place

MAX_TEXT = 100_000
MAX_TOKEN = 64
MOST_JOINED = 4
LONGEST_NUMBER = 15

LETTER = rf"[^\W_{UNSPACED}]"


def _pattern(letter: str, part: str, ends: str, run: str) -> re.Pattern[str]:
    """What a piece looks like. `letter` is one of a word, `part` one of an address; `ends`: no letter goes on here.

    Every repeat is bounded: with open ones a hostile text costs quadratic time.
    """
    date = rf"\d{{4}}-\d\d-\d\d{ends}"
    return re.compile(
        rf"""
          (?P<plain> [a-z\u00df-\u00f6\u00f8-\u024f]{{1,{MAX_TOKEN}}} (?= [\s,;!?)] | \.?(?:\s|$) ) )
        | (?P<mail>  (?: {part} | [.+] ){{1,64}} @ {part}{{1,63}} (?: \.{part}{{1,63}} ){{1,6}} )
        | (?P<date>  {date} )
        | (?P<phone> \+?\d (?: (?! (?<!\d) {date} ) [\d\ ()\-./\u00a0] ){{6,41}} (?<=\d) {ends} )
        | (?P<host>  (?: https?:// )? {part}{{1,63}} (?: \.{part}{{1,63}} ){{0,6}} \.[a-z]{{2,24}}
                     (?= \.{{0,3}} (?: [^\w.{MARKS}] | [{UNSPACED}] | $ ) ) )
        | (?P<run>   {run} )
        | (?P<word>  {letter} (?: {letter} | [{MARKS}] ){{0,{MAX_TOKEN - 1}}} ) (?: {letter} | [{MARKS}] )*
        """,
        re.VERBOSE,
    )


_PIECE = _pattern(
    letter=LETTER,
    part=rf"(?:(?![{UNSPACED}])\w[{MARKS}]*+|-)",
    ends=rf"(?!{LETTER}|[{MARKS}])",
    run=f"[{UNSPACED}]+",
)
_ASCII_PIECE = _pattern(letter="[a-z0-9]", part="[a-z0-9_-]", ends="(?![a-z0-9])", run="(?!)")
_JOINERS = "-'"
_BETWEEN_PARTS = re.compile(r"[.+_-]")
_PARTS = re.compile(r"[^.+_@-]+")
_DIGITS = re.compile(r"\d+")
_CHARACTER = re.compile(r".", re.DOTALL)


@dataclass(slots=True)
class Piece:
    """One piece of a text: its kind, its folded form, and where it stands in the composed text.

    `spelled` is the folded form of its German spelling without umlauts, "" when there is none. `joins` says what it
    makes with the words it is tied to by hyphens or apostrophes, and where each begins: "brien" in "O'Brien" obrien.
    """

    kind: str
    folded: str
    start: int
    end: int
    spelled: str = ""
    joins: tuple[tuple[str, int], ...] = ()

    @property
    def is_word(self) -> bool:
        """Whether it is a word of a script with spaces."""
        return self.kind in ("plain", "word")


_NOTHING = Piece("nothing", "", -2, -2)


def pieces(text: str, begin: int = 0) -> Iterator[Piece]:
    """The pieces of the first MAX_TEXT characters of `text`, in order, from the place `begin` of its composed form."""
    plain = in_place(composed(text[:MAX_TEXT]))
    tied: list[Piece] = []
    before, tie_at = _NOTHING, -1
    for found in (_ASCII_PIECE if plain.isascii() else _PIECE).finditer(plain, begin):
        kind = found.lastgroup or "word"
        raw = found[kind]
        start, end = found.span()
        if raw.isascii():
            piece = Piece(kind, raw, start, end)
        else:
            piece = Piece(kind, fold_words(raw), start, end, fold_words(german(raw)))
        if start == tie_at and plain[start - 1] in _JOINERS and before.is_word and piece.is_word:
            tied = [*tied, before][1 - MOST_JOINED :]
            piece.joins = tuple(_joins(tied, piece))
        elif tied:
            tied = []
        before, tie_at = piece, end + 1
        yield piece


def _joins(before: Sequence[Piece], last: Piece) -> Iterator[tuple[str, int]]:
    """What the words `before`, all tied together, make with the `last` one, from the shortest on."""
    folded, spelled = last.folded, last.spelled or last.folded
    for piece in reversed(before):
        folded, spelled = piece.folded + folded, (piece.spelled or piece.folded) + spelled
        if len(spelled) <= MAX_TOKEN and not folded.isdigit():
            yield from ((form, piece.start) for form in dict.fromkeys((folded, spelled)))


def index_tokens(piece: Piece) -> list[str]:
    """What the index knows a piece by."""
    folded = piece.folded
    if piece.is_word and not piece.spelled and not piece.joins:
        return [folded] if folded else []
    if piece.kind == "run":
        pairs = [folded[i : i + 2] for i in range(max(1, len(folded) - 1))]
        return pairs + list(folded) if len(folded) > 1 else pairs
    if piece.is_word:
        tokens = [folded, piece.spelled, *(join for join, _ in piece.joins)]
    elif piece.kind == "phone":
        tokens = _phone_tokens(folded)
    elif piece.kind == "date":
        tokens = [folded, folded.replace("-", ""), *folded.split("-")]
    else:
        tokens = _address_tokens(folded) + (_address_tokens(piece.spelled) if piece.spelled else [])
    return [token for token in dict.fromkeys(tokens) if token]


def _phone_tokens(folded: str) -> list[str]:
    """Every way to begin the number at one of its groups, and its last digits at the end of each group.

    Two numbers side by side are one piece, so each group may begin a number and each may end one.
    """
    groups = _DIGITS.findall(folded)
    tokens = [_digits_of(folded), *groups]
    for place in range(len(groups)):
        tokens.append("".join(groups[place:])[:LONGEST_NUMBER])
        upto = "".join(groups[: place + 1])
        tokens += [upto[-length:] for length in (10, 9, 8, 7) if length < len(upto)]
    return tokens


def _address_tokens(folded: str) -> list[str]:
    address = _without_scheme(folded)
    user, _, host = address.rpartition("@")
    labels = host.split(".")
    domains = (".".join(labels[i:]) for i in range(len(labels)))
    return [address, user, *_BETWEEN_PARTS.split(user), *domains, *_BETWEEN_PARTS.split(host)]


def query_tokens(piece: Piece) -> tuple[str, ...]:
    """What one piece of a query asks for, each as good as the other; of a run all of it, as it stands."""
    if piece.kind == "phone":
        found = (_digits_of(piece.folded)[-9:],)
    elif piece.kind == "host":
        found = tuple(_without_scheme(form).removeprefix("www.") for form in (piece.folded, piece.spelled))
    elif piece.kind == "date":
        found = (piece.folded, piece.folded.replace("-", ""))
    else:
        found = (piece.folded, piece.spelled)
    return tuple(dict.fromkeys(token for token in found if token))


@dataclass(slots=True)
class Atom:
    """The least a text is made of, to look at the order of words: a word, a part of an address, a character of a run.

    `is_joined` says that nothing can stand between it and the one before: both are of one run.
    """

    token: str
    spelled: str
    start: int
    end: int
    is_joined: bool = False


def atoms(piece: Piece) -> Iterator[Atom]:
    """The atoms of a piece, in order; each one's token is among those the index knows the piece by."""
    if piece.is_word:
        if piece.folded:
            yield Atom(piece.folded, piece.spelled, piece.start, piece.end)
        return
    is_run = piece.kind == "run"
    part = _CHARACTER if is_run else _DIGITS if piece.kind == "phone" else _PARTS
    spelled = part.findall(_without_scheme(piece.spelled))
    is_same = len(piece.folded) == piece.end - piece.start
    begin = len(piece.folded) - len(_without_scheme(piece.folded))
    for place, found in enumerate(part.finditer(piece.folded, begin)):
        first, last = (piece.start + found.start(), piece.start + found.end()) if is_same else (piece.start, piece.end)
        yield Atom(found[0], spelled[place] if spelled else "", first, last, is_joined=is_run and place > 0)


def _digits_of(folded: str) -> str:
    digits = "".join(_DIGITS.findall(folded))
    return digits.lstrip("0") or digits


def _without_scheme(folded: str) -> str:
    return folded.rpartition("://")[2]


def words_of(text: str) -> set[str]:
    """Every token the index would know `text` by."""
    found: set[str] = set()
    for piece in pieces(text):
        if piece.kind == "plain" and not piece.spelled and not piece.joins:
            found.add(piece.folded)
        else:
            found.update(index_tokens(piece))
    return found
