"""/settings/auto-associations/<objects>/rule: one rule of automatic association (SPEC 6.7)."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request

from crm.activities.changing_rules import RuleConflict, remove_rule, rule_errors, set_rule, trace_of
from crm.activities.own_rules import rules
from crm.activities.rule import Rule
from crm.activities.rule_words import sentence
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.records.errors import InvalidInput
from crm.settings.association_rules import (
    Typed,
    first_kind,
    first_target,
    key_of,
    kinds_of,
    labels_of,
    line_of,
    parse,
    read_typed,
    scopes_of,
    targets_of,
    typed_of,
    url_of,
)
from crm.settings.rule_preview import NO_PREVIEW, Preview, preview
from crm.settings.views.auto_associations import BASE, source_called
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

NOTHING: Mapping[str, Message] = {}
SAVED = N_("New activities follow the rule from now on.")
AS_IT_WAS = N_("The rule is as it was.")
REMOVED = N_("The rule is removed.")
CHANGED = N_("%(name)s changed this rule meanwhile. Now it says: %(rule)s. Save again to put yours in its place.")
GONE = N_("Somebody removed this rule meanwhile. Save again to make it anew.")
THERE_IS_ONE = N_("There is a rule for this already.")


@blueprint.get("/auto-associations/<object_name>/rule")
@requires(SUPER_ADMIN)
def rule(object_name: str) -> Response:
    """The form of the rule that `?kind=&target=&label=` name, or of a new one without a target."""
    source = source_called(object_name)
    if not request.args.get("target"):
        return _page(source, Typed(target=first_target(source)))
    return _page(source, typed_of(_existing(source, read_typed(request.args))), is_new=False)


@blueprint.post("/auto-associations/<object_name>/rule")
@requires(SUPER_ADMIN)
def save_rule(object_name: str) -> Response:
    """Let the rule hold; 422 with what is wrong with it, 409 when somebody else changed it meanwhile."""
    source, typed = source_called(object_name), read_typed(request.form)
    wanted, errors = parse(source, typed)
    is_new = request.form.get("is_new") == "1"
    if is_new and not errors and rules().is_stored(wanted) and not typed.seen:
        errors = {"form": Message(THERE_IS_ONE)}
    try:
        if errors:
            raise InvalidInput(errors)
        with unit_of_work():
            is_changed = set_rule(viewer(), wanted, typed.seen)
    except InvalidInput as error:
        return _page(source, typed, error.errors, is_new=is_new)
    except RuleConflict as error:
        return _page(source, replace(typed, seen=trace_of(wanted)), conflict=_told(error), is_new=is_new)
    flash(SAVED if is_changed else AS_IT_WAS)
    return redirect_to(f"{BASE}#rules-{source.name}")


@blueprint.post("/auto-associations/<object_name>/rule/removal")
@requires(SUPER_ADMIN)
def remove(object_name: str) -> Response:
    """Take away a rule that people made; 409 when somebody else changed it meanwhile."""
    source, typed = source_called(object_name), read_typed(request.form)
    key = key_of(source, typed)
    try:
        with unit_of_work():
            remove_rule(viewer(), key, typed.seen)
    except RuleConflict as error:
        if error.stored is None:
            raise NotFound("the rule is gone") from error
        return _page(source, typed_of(error.stored.rule), conflict=_told(error), is_new=False)
    flash(REMOVED)
    return redirect_to(f"{BASE}#rules-{source.name}")


@blueprint.post("/auto-associations/<object_name>/rule/preview")
@requires(SUPER_ADMIN)
def try_rule(object_name: str) -> Response:
    """The form with what a new activity would be put on if the rule in it held; stores nothing."""
    source, typed = source_called(object_name), read_typed(request.form)
    wanted, errors = parse(source, typed)
    errors = errors or rule_errors(wanted)
    is_new, shown = request.form.get("is_new") == "1", NO_PREVIEW
    if not errors:
        sent, q = request.form.get("record_id", ""), request.form.get("record_q", "").replace("\x00", "").strip()[:200]
        kind, record_id = first_kind(source, typed.kind), whole_number(sent) if sent else None
        shown = preview(viewer(), source, kind, q, record_id, rules().with_one(wanted))
    return _page(source, typed, errors, is_new=is_new, shown=shown)


def _existing(source: ObjectType, typed: Typed) -> Rule:
    key = key_of(source, typed)
    found = next((one for one in rules().all if one.key == key), None)
    if found is None or found.target not in schema().types:
        raise NotFound("there is no such rule")
    return found


def _told(error: RuleConflict) -> Message:
    if error.stored is None:
        return Message(GONE)
    who = line_of(rules(), error.stored.rule).who
    return Message(CHANGED, name=who, rule=sentence(error.stored.rule))


def _page(
    source: ObjectType,
    typed: Typed,
    errors: Mapping[str, Message] = NOTHING,
    conflict: Message | None = None,
    is_new: bool = True,
    shown: Preview = NO_PREVIEW,
) -> Response:
    target = schema().types.get(typed.target)
    held = None if is_new else line_of(rules(), key_of(source, typed))
    return render(
        "settings/auto_association.html",
        "settings/_auto_association.html",
        status=409 if conflict else 422 if errors else 200,
        source=source,
        url=f"{url_of(source)}/rule",
        base=BASE,
        typed=typed,
        errors=errors,
        conflict=conflict,
        is_new=is_new,
        held=held,
        kinds=kinds_of(source),
        targets=targets_of(source),
        labels=labels_of(source),
        scopes=scopes_of(source, None if is_new else target),
        preview=shown,
    )
