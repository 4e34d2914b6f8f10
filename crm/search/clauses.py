"""What a query is made of once it has been analysed: words, and words that must follow one another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from crm.search.analyzer import Piece, atoms, query_tokens

MOST_LOOKED_UP = 8


@dataclass(frozen=True)
class Clause:
    """One word asked for, of the kind its piece has; `is_prefix`: words that begin with it will do.

    `alternatives` are other spellings that do as well, looked up the same way as the token (as beginnings, too).
    """

    token: str
    kind: str
    is_prefix: bool = False
    alternatives: tuple[str, ...] = ()

    @property
    def is_run(self) -> bool:
        """Whether the token belongs to a script that has no spaces between words."""
        return self.kind == "run"

    @property
    def spellings(self) -> tuple[str, ...]:
        """The token and its alternatives: to have one of them is to have the word."""
        return (self.token, *self.alternatives)

    def accepts(self, token: str) -> bool:
        """Whether one token of a text answers this clause (not for runs)."""
        return token.startswith(self.spellings) if self.is_prefix else token in self.spellings


def clause_of(piece: Piece) -> Clause | None:
    """What one piece of a query asks for, None when it says nothing."""
    tokens = query_tokens(piece)
    return Clause(tokens[0], piece.kind, alternatives=tokens[1:]) if tokens else None


class Step(NamedTuple):
    """One atom of a phrase: how it may be spelled, and whether it belongs to the same run as the one before."""

    spellings: frozenset[str]
    is_joined: bool


@dataclass(frozen=True)
class Phrase:
    """Words that must follow one another, with nothing but punctuation between them.

    `clauses` are its first words on their own, which every text that has the phrase must have.
    """

    clauses: tuple[Clause, ...]
    steps: tuple[Step, ...]


def phrase_of(pieces: Iterable[Piece]) -> Phrase | Clause | None:
    """What a text in quotes asks for; a single piece is a word like any other, but never a beginning."""
    said = [piece for piece in pieces if piece.folded]
    if len(said) < 2:
        return clause_of(said[0]) if said else None
    clauses: list[Clause] = []
    steps: list[Step] = []
    for piece in said:
        if piece.kind == "run":
            clauses.append(Clause(piece.folded, piece.kind))
        for atom in atoms(piece):
            other = (atom.spelled,) if atom.spelled else ()
            steps.append(Step(frozenset((atom.token, *other)), atom.is_joined))
            if piece.kind != "run":
                clauses.append(Clause(atom.token, "word", alternatives=other))
    return Phrase(tuple(dict.fromkeys(clauses))[:MOST_LOOKED_UP], tuple(steps))
