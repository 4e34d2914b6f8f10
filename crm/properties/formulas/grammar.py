"""From the text of a formula to its tree, by a grammar that lark reads (LALR: in linear time, without going back)."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from lark import Lark, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, v_args

from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas.formula import Call, Formula, Function, Literal, Name, Node
from crm.properties.formulas.functions import functions
from crm.properties.formulas.kinds import Kind
from crm.properties.types.number import MOST_DIGITS

LONGEST = 2_000
DEEPEST = 60

GRAMMAR = r"""
?start: either
?either: both | either _OR both -> or_
?both: negation | both _AND negation -> and_
?negation: comparison | _NOT negation -> not_
?comparison: joined | joined COMPARISON joined -> compare
?joined: sum | joined "&" sum -> join
?sum: product | sum PLUS_MINUS product -> calculate
?product: signed | product TIMES signed -> calculate
?signed: atom | "-" signed -> minus
?atom: NUMBER -> number
    | STRING -> text
    | "true"i -> true
    | "false"i -> false
    | "unknown"i -> unknown
    | "[" NAME "]" -> name
    | NAME -> name
    | NAME "(" [either ("," either)*] ")" -> call
    | "(" either ")"
COMPARISON: "<=" | ">=" | "!=" | "<>" | "=" | "<" | ">"
PLUS_MINUS: "+" | "-"
TIMES: "*" | "/" | "%"
_OR.2: /or(?![A-Za-z0-9_])/i
_AND.2: /and(?![A-Za-z0-9_])/i
_NOT.2: /not(?![A-Za-z0-9_])/i
NAME: /[A-Za-z][A-Za-z0-9_]*/
NUMBER: /[0-9]+(\.[0-9]+)?/
STRING: /"[^"\n]*"/ | /'[^'\n]*'/
%import common.WS
%ignore WS
"""

EMPTY = N_("Write a formula, such as amount * 0.1")
TOO_LONG = N_("A formula has at most %(limit)s characters.")
TOO_DEEP = N_("This formula is nested too deeply.")
UNFINISHED = N_("The formula ends too early.")
MISPLACED = N_("“%(word)s” at character %(position)s does not belong there.")
NO_FUNCTION = N_("There is no function “%(name)s”.")
TOO_MANY_DIGITS = N_("At most %(limit)s digits.")


def parse(text: str) -> Formula:
    """Read a formula; raises InvalidValue that says what is wrong, and where.

    Whether the names are properties and the kinds fit is told by `Formula.result_kind`.
    """
    if not text.strip():
        raise InvalidValue(EMPTY)
    if len(text) > LONGEST:
        raise InvalidValue(Message(TOO_LONG, limit=LONGEST))
    return _parse(text.strip())


@lru_cache(maxsize=512)
def _parse(text: str) -> Formula:
    try:
        return Formula(text, _parser().parse(text))  # type: ignore[arg-type]
    except UnexpectedEOF:
        raise InvalidValue(UNFINISHED) from None
    except UnexpectedInput as error:
        raise InvalidValue(_misplaced(error, text)) from None


def _misplaced(error: UnexpectedInput, text: str) -> Message:
    place = error.pos_in_stream
    if place is None or place >= len(text) or getattr(getattr(error, "token", None), "type", "") == "$END":
        return Message(UNFINISHED)
    word = text[place] if isinstance(error, UnexpectedCharacters) else str(getattr(error, "token", text[place]))
    return Message(MISPLACED, word=word[:30], position=place + 1)


def made(function_name: str, *arguments: Node) -> Node:
    """The call of a function; raises InvalidValue when there is none of that name or it lies too deep."""
    function: Function | None = functions.get(function_name)
    if function is None:
        raise InvalidValue(Message(NO_FUNCTION, name=function_name))
    depth = 1 + max((argument.depth for argument in arguments), default=0)
    if depth > DEEPEST:
        raise InvalidValue(TOO_DEEP)
    return Call(function, arguments, depth)


@v_args(inline=True)
class _Builder(Transformer[Any, Node]):
    """Makes the tree while the text is read, so that nothing walks down a deep one."""

    def number(self, text: str) -> Node:
        if len(text.replace(".", "")) > MOST_DIGITS:
            raise InvalidValue(Message(TOO_MANY_DIGITS, limit=MOST_DIGITS))
        return Literal(Decimal(text), Kind.NUMBER)

    def text(self, quoted: str) -> Node:
        return Literal(str(quoted[1:-1]), Kind.TEXT)

    def true(self) -> Node:
        return Literal(True, Kind.YES_NO)

    def false(self) -> Node:
        return Literal(False, Kind.YES_NO)

    def unknown(self) -> Node:
        return Literal(None, None)

    def name(self, name: str) -> Node:
        return Name(str(name))

    def call(self, name: str, *arguments: Node | None) -> Node:
        function = functions.get(str(name).lower())
        if function is None or function.is_operator:
            raise InvalidValue(Message(NO_FUNCTION, name=str(name)))
        return made(function.name, *(one for one in arguments if one is not None))

    def compare(self, left: Node, sign: str, right: Node) -> Node:
        return made("!=" if sign == "<>" else str(sign), left, right)

    def calculate(self, left: Node, sign: str, right: Node) -> Node:
        return made(str(sign), left, right)

    def join(self, left: Node, right: Node) -> Node:
        return made("concat", left, right)

    def minus(self, one: Node) -> Node:
        return made("negative", one)

    def and_(self, left: Node, right: Node) -> Node:
        return made("and", left, right)

    def or_(self, left: Node, right: Node) -> Node:
        return made("or", left, right)

    def not_(self, one: Node) -> Node:
        return made("not", one)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=False)
