"""/settings/objects/<objects>/associations/<others>/labels/<label>: one label (SPEC 6.3, DB-40)."""

from collections.abc import Mapping

from flask import Response, request

from crm.associations.labels import delete_label
from crm.associations.link_types import association_types
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.permissions.errors import NotFound
from crm.settings.associations import WAYS, Conflict, LabelRow, Pair, change_words, links_text, links_with, pair_called
from crm.settings.label_uses import label_uses
from crm.settings.views.associations import HERE, NOTHING, changed_limits, typed_limits
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

LABEL = f"{HERE}/labels/<int:label_id>"
GONE = N_("Somebody else deleted the label “%(label)s” meanwhile.")
DELETED = N_("The label “%(label)s” is deleted. The records stay associated.")


@blueprint.get(LABEL)
@requires(SUPER_ADMIN)
def association_label(object_name: str, other_name: str, label_id: int) -> Response:
    """One label: its words, its limits, where it is used, and its end."""
    pair = pair_called(object_name, other_name)
    return _page(pair, pair.label(label_id))


@blueprint.post(LABEL)
@requires(SUPER_ADMIN)
def save_label(object_name: str, other_name: str, label_id: int) -> Response:
    """Give it other words; 422 with what is wrong with them, 409 when somebody else changed them meanwhile."""
    pair = pair_called(object_name, other_name)
    if _is_deleted(label_id):
        return _gone(pair, label_id)
    row, form = pair.label(label_id), request.form
    typed = (form.get("text", ""), form.get("inverse_text", ""))
    try:
        with unit_of_work():
            change_words(viewer(), row.label, (form.get("seen_text", ""), form.get("seen_inverse", "")), typed)
    except InvalidDefinition as error:
        return _page(pair, row, typed, error.errors)
    except Conflict as error:
        pair = pair_called(object_name, other_name)
        return _page(pair, pair.label(label_id), typed, conflict=error.message)
    flash(N_("Saved."))
    return redirect_to(f"{pair.url}/labels/{label_id}")


@blueprint.post(f"{LABEL}/limits")
@requires(SUPER_ADMIN)
def save_label_limits(object_name: str, other_name: str, label_id: int) -> Response:
    """Set how many links with it a record of each object may have; answers like the limits of the pair."""
    pair = pair_called(object_name, other_name)
    if _is_deleted(label_id):
        return _gone(pair, label_id)
    try:
        changed_limits(pair.label(label_id).directions)
    except InvalidDefinition as error:
        return _page(pair, pair.label(label_id), errors=error.errors)
    except Conflict as error:
        pair = pair_called(object_name, other_name)
        return _page(pair, pair.label(label_id), conflict=error.message)
    flash(N_("Saved."))
    return redirect_to(f"{pair.url}/labels/{label_id}#limits")


@blueprint.post(f"{LABEL}/removal")
@requires(SUPER_ADMIN)
def remove_label(object_name: str, other_name: str, label_id: int) -> Response:
    """Delete the label; the links that have it stay."""
    pair = pair_called(object_name, other_name)
    if _is_deleted(label_id):
        return _gone(pair, label_id)
    text = pair.label(label_id).label.text
    with unit_of_work():
        delete_label(viewer(), pair.label(label_id).label.type_id)
    flash(Message(DELETED, label=text))
    return redirect_to(pair.url)


def _is_deleted(label_id: int) -> bool:
    """Whether there was such a label once; raises NotFound for what never was one."""
    kind = association_types().by_id.get(label_id)
    if kind is None:
        raise NotFound(f"there is no label {label_id}")
    return kind.is_archived


def _gone(pair: Pair, label_id: int) -> Response:
    kind = association_types().by_id[label_id]
    if not kind.joins(pair.one.name, pair.other.name) and not kind.joins(pair.other.name, pair.one.name):
        raise NotFound(f"there was no such label between {pair.one.name} and {pair.other.name}")
    flash(Message(GONE, label=kind.label))
    return redirect_to(pair.url)


def _page(
    pair: Pair,
    row: LabelRow,
    typed: tuple[str, str] | None = None,
    errors: Mapping[str, Message] = NOTHING,
    conflict: Message | None = None,
) -> Response:
    label, number = row.label, links_with(row.label)
    stored = (label.text, label.inverse_text if label.is_paired else "")
    return render(
        "settings/association_label.html",
        status=409 if conflict else 422 if errors else 200,
        object_type=pair.one,
        pair=pair,
        label=label,
        seen=stored,
        typed=typed or stored,
        limits=typed_limits(row.directions, bool(errors or conflict)),
        ways=WAYS,
        uses=label_uses(label),
        number=number,
        number_text=links_text(number),
        errors=errors,
        conflict=conflict,
        base=f"{pair.url}/labels/{label.type_id}",
    )
