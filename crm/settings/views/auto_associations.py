"""/settings/auto-associations: which records new activities are put on, rule by rule (SPEC 6.7)."""

from flask import Response, request

from crm.activities.changing_rules import RuleConflict, reset_rules, reset_trace
from crm.activities.own_rules import rules
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.settings.association_rules import BASE, first_kind, kinds_of, lines_of, url_of
from crm.settings.rule_preview import preview
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

RESET_SOME = N_("The rules for %(objects)s are the defaults again.")
RESET_ALL = N_("All rules are the defaults again.")
CHANGED_SINCE = N_("Somebody changed a rule after you opened this page, so nothing was reset. This is how it is now.")


def source_called(object_name: str) -> ObjectType:
    """The object with pages at /objects/<object_name> that activities are logged on; raises NotFound."""
    kind = schema().by_plural(object_name)
    if kind.is_activity:
        raise NotFound(object_name)
    return kind


@blueprint.get("/auto-associations")
@requires(SUPER_ADMIN)
def auto_associations() -> Response:
    """Every rule as a sentence, by the object the activity is logged on."""
    return _page()


@blueprint.post("/auto-associations/reset")
@requires(SUPER_ADMIN)
def reset_all_rules() -> Response:
    """Take all rules back to the defaults, or those of `object`; 409 when a rule changed since the page was opened."""
    name = request.form.get("object", "")
    source = source_called(name) if name else None
    try:
        with unit_of_work():
            reset_rules(viewer(), request.form.get("seen", ""), source.name if source else None)
    except RuleConflict:
        return _page(conflict=Message(CHANGED_SINCE))
    flash(Message(RESET_SOME, objects=source.plural_label) if source else RESET_ALL)
    return redirect_to(f"{BASE}#rules-{source.name}" if source else BASE)


@blueprint.get("/auto-associations/<object_name>/preview")
@requires(SUPER_ADMIN)
def try_rules(object_name: str) -> Response:
    """What a new activity of `?kind=` on the record that `?record_q=` finds would be put on."""
    source = source_called(object_name)
    sent = request.args.get("record_id", "")
    kind = first_kind(source, request.args.get("kind", ""))
    if not kind:
        raise NotFound(f"nothing is logged on {source.plural_name}")
    q = request.args.get("record_q", "").replace("\x00", "").strip()[:200]
    return render(
        "settings/rules_preview.html",
        "settings/_rule_preview.html",
        source=source,
        kinds=kinds_of(source)[1:],
        kind=kind,
        url=f"{url_of(source)}/preview",
        preview=preview(viewer(), source, kind, q, whole_number(sent) if sent else None),
    )


def _page(conflict: Message | None = None) -> Response:
    held = rules()
    groups = [(kind, url_of(kind), lines_of(held, kind)) for kind in schema().record_types]
    return render(
        "settings/auto_associations.html",
        status=409 if conflict else 200,
        groups=groups,
        seen=reset_trace(),
        has_own=bool(held.stored),
        conflict=conflict,
        base=BASE,
    )
