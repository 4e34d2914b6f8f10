"""/settings/auto-associations/<objects>/past: a rule applied to activities that are there already (SPEC 6.7)."""

from flask import Response, request

from crm.activities.changing_rules import trace_of
from crm.activities.own_rules import rules
from crm.activities.past_rules import PERIODS, apply_to_past, selection
from crm.activities.past_selection import count_of
from crm.activities.rule import Rule, Scope
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.settings.association_rules import key_fields, key_of, line_of, read_typed, url_of
from crm.settings.views.auto_associations import BASE, source_called
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

MOST_SHOWN = 10_000
LABELS = {
    30: N_("Past 30 days"),
    60: N_("Past 60 days"),
    90: N_("Past 90 days"),
    365: N_("Past year"),
    None: N_("All time"),
}
FIRST = "30"
CHANGED = N_("Somebody changed this rule after you opened this page, so it was not applied. This is how it is now.")


@blueprint.get("/auto-associations/<object_name>/past")
@requires(SUPER_ADMIN)
def past_rule(object_name: str) -> Response:
    """How many activities the rule that `?kind=&target=&label=` name is about within `?days=`."""
    source = source_called(object_name)
    return _page(source, _held(source), request.args.get("days", FIRST))


@blueprint.post("/auto-associations/<object_name>/past")
@requires(SUPER_ADMIN)
def apply_past_rule(object_name: str) -> Response:
    """Begin to apply the rule to them; 422 when there are none, 409 when it says something else by now."""
    source = source_called(object_name)
    held, days, key = _held(source), request.form.get("days", ""), sent_key()
    if request.form.get("seen", "") != trace_of(held):
        return _page(source, held, days, conflict=Message(CHANGED))
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                run = apply_to_past(viewer(), held, _days(days))
                location = f"/bulk/{run.id}"
                remember(key, location)
    except InvalidValue as error:
        return _page(source, held, days, error.message)
    return redirect_to(location)


def _held(source: ObjectType) -> Rule:
    key = key_of(source, read_typed(request.values))
    found = next((one for one in rules().all if one.key == key), None)
    if found is None or found.scope is Scope.NONE:
        raise NotFound("there is no such rule")
    return found


def _days(text: str) -> int | None:
    for days in PERIODS:
        if text == _value(days):
            return days
    raise InvalidValue(N_("Choose one of these"))


def _value(days: int | None) -> str:
    return "all" if days is None else str(days)


def _page(
    source: ObjectType, held: Rule, days: str, error: Message | None = None, conflict: Message | None = None
) -> Response:
    try:
        amount = count_of(viewer(), selection(held, _days(days)), MOST_SHOWN + 1)
    except InvalidValue as wrong:
        amount, error = 0, error or wrong.message
    return render(
        "settings/past_rule.html",
        status=409 if conflict else 422 if error else 200,
        line=line_of(rules(), held),
        source=source,
        url=f"{url_of(source)}/past",
        fields=key_fields(held),
        periods=[(_value(one), words) for one, words in LABELS.items()],
        days=days,
        amount=amount,
        most=MOST_SHOWN,
        error=error,
        conflict=conflict,
        key=form_key(),
        base=BASE,
    )
