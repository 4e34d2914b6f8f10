"""The functions and operators of formulas: one file for each family (DESIGN 10)."""

from collections.abc import Callable, Sequence

from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas.formula import Function
from crm.properties.formulas.kinds import LABELS, Kind
from crm.registry import Registry

functions: Registry[Function] = Registry("function of formulas")

WRONG_NUMBER = N_("%(name)s: write it as %(signature)s.")
WRONG_KIND = N_("%(name)s wants %(wanted)s and not %(given)s.")

Kinds = Sequence[Kind | None]
Result = Callable[[Kinds], Kind | None]
ANY = frozenset(Kind)
COMPARABLE = ANY - {Kind.CHOICES}
DAYS = frozenset({Kind.DATE, Kind.MOMENT})
NUMBER, TEXT, YES_NO = (frozenset({kind}) for kind in (Kind.NUMBER, Kind.TEXT, Kind.YES_NO))


def wants(
    name: str,
    signature: str,
    *wanted: frozenset[Kind],
    answers: Kind | None = None,
    optional: int = 0,
    repeats: bool = False,
    alike: bool = False,
) -> Result:
    """What `Function.result` does for arguments of the kinds `wanted`, in order.

    The last `optional` ones may be missing; with `repeats` the last one may come again and again; with `alike` all
    must be of one kind. The answer is of the kind `answers`, or else of the first known kind of the arguments.
    """

    def result(kinds: Kinds) -> Kind | None:
        fewest, most = len(wanted) - optional, 1_000 if repeats else len(wanted)
        if not fewest <= len(kinds) <= most:
            raise InvalidValue(Message(WRONG_NUMBER, name=name, signature=signature))
        for place, given in enumerate(kinds):
            _check(name, given, wanted[min(place, len(wanted) - 1)])
        known = [given for given in kinds if given is not None]
        if alike and known:
            for given in known:
                _check(name, given, frozenset({known[0]}))
        return answers or next(iter(known), None)

    return result


def _check(name: str, given: Kind | None, wanted: frozenset[Kind]) -> None:
    if given is not None and given not in wanted:
        words = [LABELS[kind] for kind in Kind if kind in wanted]
        raise InvalidValue(Message(WRONG_KIND, name=name, wanted=" / ".join(words), given=LABELS[given]))


def register(
    name: str,
    signature: str,
    text: str,
    result: Result,
    run: Callable[..., object],
    *,
    takes_unknown: bool = False,
    is_lazy: bool = False,
    wants_clock: bool = False,
    is_of_the_day: bool = False,
    is_operator: bool = False,
) -> None:
    """Add one function; see Function for what the words mean."""
    functions.register(
        Function(name, signature, text, result, run, takes_unknown, is_lazy, wants_clock, is_of_the_day, is_operator)
    )
