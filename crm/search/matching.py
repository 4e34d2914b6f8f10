"""Whether a text answers a clause or a phrase, by the same rules as the index, without analysing more than it must."""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from crm.search.analyzer import LETTER, MAX_TEXT, MAX_TOKEN, Atom, Piece, atoms, index_tokens, pieces, words_of
from crm.search.clauses import Clause, Phrase
from crm.search.letters import UMLAUT, composed, fold_words, german, in_place

_TIES = re.compile(rf"(?<={LETTER})[-'](?={LETTER})")
_BETWEEN_DIGITS = r"[\ ()\-./\u00a0]{0,18}"
# After these no piece goes on, whatever it is: only telephone numbers have blanks in them, and those know no letters.
_BORDER = re.compile(r"\n|[^\d\s()\-./+]\s")
_LOOK_BACK = (200, 2_000)


class Text:
    """A text made ready to be asked many things; what is not asked for is not worked out."""

    def __init__(self, text: str) -> None:
        self.composed = composed(text[:MAX_TEXT])

    @cached_property
    def folded(self) -> str:
        """The text with every word folded and everything between words as it was, so that words keep their borders."""
        return fold_words(in_place(self.composed))

    @cached_property
    def spelled(self) -> str:
        """The folded text in the German spelling, "" when that is no other."""
        return fold_words(in_place(german(self.composed)))

    def forms_for(self, token: str) -> tuple[str, ...]:
        """The forms of the text in which `token` may stand: only what umlauts become is not in the folded text."""
        is_german = any(pair in token for pair in ("ae", "oe", "ue"))
        return (self.folded, self.spelled) if is_german and self.spelled else (self.folded,)

    @cached_property
    def untied(self) -> str:
        """The folded text without hyphens and apostrophes inside words, and in its German spelling; "" without any."""
        forms = (self.folded, self.spelled) if _TIES.search(self.folded) else ()
        return "\n".join(_TIES.sub("", form) for form in forms)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The pieces of the text, in order."""
        return list(pieces(self.composed))

    @cached_property
    def atoms(self) -> list[Atom]:
        """The atoms of the text, in order."""
        return [atom for piece in self.pieces for atom in atoms(piece)]


def answers(text: Text, asked: Clause | Phrase) -> bool:
    """Whether `text` has the word or the phrase."""
    if isinstance(asked, Clause):
        return any(_has_token(text, token, asked) for token in asked.spellings)
    return all(answers(text, clause) for clause in asked.clauses) and any(True for _ in phrase_spans(text, asked))


def _has_token(text: Text, token: str, clause: Clause) -> bool:
    if clause.is_run:
        return token in text.folded
    if token.isalnum() and any(_stands_in(form, token, clause) for form in text.forms_for(token)):
        return True
    return _has_analysed(text, token, clause) or _has_join(text, token, clause)


def _stands_in(form: str, token: str, clause: Clause) -> bool:
    at = form.find(token)  # a search for a bare text is many times as quick
    return at >= 0 and _whole(token, False, clause.is_prefix).search(form, at) is not None


def _has_analysed(text: Text, token: str, clause: Clause) -> bool:
    """Numbers may be parted by blanks and addresses have parts: where the token may be, the analysis decides."""
    if token.isalnum() and (len(token) < 2 or not token.isdigit()):
        return False
    forms = text.forms_for(token)
    if not any((token.isdigit() or token in form) and _loose(token).search(form) for form in forms):
        return False
    if len(forms) > 1 or len(text.folded) != len(text.composed):
        return any(clause.accepts(word) for piece in text.pieces for word in index_tokens(piece))
    windows = _windows(text.folded, _loose(token))
    return any(clause.accepts(word) for first, last in windows for word in words_of(text.composed[first:last]))


def _has_join(text: Text, token: str, clause: Clause) -> bool:
    """Whether words tied by hyphens or apostrophes make the token together; to be sure, all of them are looked at."""
    if clause.is_run or token not in text.untied:
        return False
    return any(clause.accepts(join) for piece in text.pieces for join, _ in piece.joins)


def phrase_spans(text: Text, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where the phrase stands in the composed text: pairs of start and end, in order, none inside another."""
    found, size, done = text.atoms, len(phrase.steps), 0
    for first in range(len(found) - size + 1):
        if first < done:
            continue
        places = zip(phrase.steps, found[first : first + size], strict=True)
        if all(
            (atom.token in step.spellings or atom.spelled in step.spellings) and (atom.is_joined or not step.is_joined)
            for step, atom in places
        ):
            done = first + size
            yield found[first].start, found[done - 1].end


def first_place(text: Text, clause: Clause) -> int:
    """A place in the composed text not after the first one that answers the clause, which the text must have."""
    umlauts = [found.start() for found in UMLAUT.finditer(text.composed)] if text.spelled else []
    if len(text.folded) != len(text.composed) or (umlauts and len(text.spelled) != len(text.composed) + len(umlauts)):
        return 0
    if any(token in text.untied for token in clause.spellings):
        return 0
    places: list[int] = []
    for token in clause.spellings:
        for form in text.forms_for(token):
            place = _first_place(form, token, clause)
            if place >= 0:
                places.append(before_spelling(place, umlauts) if form is not text.folded else place)
    return min(places, default=0)


def before_spelling(place: int, umlauts: list[int]) -> int:
    """Where a place in the German spelling was before each umlaut became two letters."""
    for count, umlaut in enumerate(umlauts):
        if umlaut + count >= place:
            return place - count
    return place - len(umlauts)


def border_before(text: str, least: int, place: int) -> int:
    """The last place before `place` where a piece may begin and none goes on, not before `least`."""
    for reach in _LOOK_BACK:
        borders = list(_BORDER.finditer(text, max(least, place - reach), place))
        if borders:
            return borders[-1].end()
    return least


@lru_cache(maxsize=256)
def _whole(token: str, is_run: bool, is_prefix: bool) -> re.Pattern[str]:
    """Where in a folded text the token stands as a word of its own."""
    escaped = re.escape(token)
    if is_run:
        return re.compile(escaped)
    # A longer word is known by its first MAX_TOKEN letters.
    goes_on = is_prefix or len(token) >= MAX_TOKEN
    return re.compile(f"(?<!{LETTER}){escaped}" if goes_on else f"(?<!{LETTER}){escaped}(?!{LETTER})")


@lru_cache(maxsize=256)
def _loose(token: str) -> re.Pattern[str]:
    """Where in a folded text an analysis may find the token: digits may be parted, as in telephone numbers."""
    return re.compile(_BETWEEN_DIGITS.join(token) if token.isdigit() else re.escape(token))


def _first_place(folded: str, token: str, clause: Clause) -> int:
    """The first place that may answer the token, or -1."""
    is_loose = not clause.is_run and (token.isdigit() or not token.isalnum())
    found = (_loose(token) if is_loose else _whole(token, clause.is_run, clause.is_prefix)).search(folded)
    return found.start() if found else -1


def _windows(text: str, places: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Start and end of the parts of `text` around the places, cut where every piece ends: they have the same pieces."""
    done = 0
    while found := places.search(text, done):
        start = border_before(text, done, found.start())
        border = _BORDER.search(text, found.end() - 1)
        done = border.end() if border else len(text)
        yield start, done
