"""/settings/objects/<objects>/layouts/<view>/cards/<key>/conditions/<setting>: one more quick filter (SPEC 1.6)."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.db import unit_of_work
from crm.layouts import editing
from crm.layouts.card_settings import owner_of, setting_value
from crm.layouts.cards import CardSetting, card_types
from crm.layouts.drafts import change_draft
from crm.layouts.layout import PlacedCard
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.records.views.filter_editor import PLACE, Editor
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layout_card import found_card
from crm.settings.views.layouts import HERE, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render

NEW = "new-0"
TOO_MANY = N_("At most %(limit)s of them.")
PATH = f"{HERE}/<place>/cards/<card_key>/conditions/<setting_name>"


@blueprint.get(PATH)
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layout_condition(object_name: str, place: str, card_key: str, setting_name: str) -> Response:
    """The form of one more condition: a property first, then how it is looked at, then the values."""
    return _page(object_name, place, card_key, setting_name, MultiDict({PLACE: NEW}))


@blueprint.post(PATH)
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def add_layout_condition(object_name: str, place: str, card_key: str, setting_name: str) -> Response:
    """Put the condition into the draft once it says something; the next part of the form until then."""
    kind, stored, card, _column = found_card(object_name, place, card_key)
    setting, owner, texts = _asked(kind, card, setting_name)
    editor = Editor(owner, request.form, [texts], reading_context(), viewer())
    if PLACE not in request.form or not editor.is_final:
        return _page(object_name, place, card_key, setting_name, MultiDict(request.form))
    try:
        wanted = list(dict.fromkeys(editor.texts()))
        if len(wanted) > setting.most:
            raise InvalidValue(Message(TOO_MANY, limit=setting.most))
    except InvalidValue as error:
        return _page(object_name, place, card_key, setting_name, request.form, error.message)
    settings = {**card.settings, setting_name: wanted}
    with unit_of_work():
        change_draft(
            viewer(), kind, stored.id, lambda layout: editing.change_card(layout, card.key, settings=settings)
        )
    return redirect_to(f"{url_of(kind, place)}/cards/{card_key}#setting-{setting_name}")


def _asked(kind: ObjectType, card: PlacedCard, name: str) -> tuple[CardSetting, ObjectType, list[str]]:
    """The setting, the object its conditions are about, and those there are; raises NotFound."""
    card_type = card_types.get(card.kind)
    settings: Sequence[CardSetting] = card_type.settings if card_type else ()
    setting = next((one for one in settings if one.name == name and one.control == "conditions"), None)
    owner = owner_of(setting, kind, card.settings) if setting else None
    if setting is None or owner is None:
        raise NotFound(f"card {card.key} has no conditions {name!r}")
    return setting, owner, setting_value(setting, card.settings)


def _page(
    object_name: str, place: str, card_key: str, name: str, sent: MultiDict[str, str], error: Message | None = None
) -> Response:
    kind, stored, card, _column = found_card(object_name, place, card_key)
    setting, owner, texts = _asked(kind, card, name)
    if PLACE not in sent:
        sent = MultiDict({PLACE: NEW})
    editor = Editor(owner, sent, [texts], reading_context(), viewer())
    here = f"{url_of(kind, place)}/cards/{card_key}"
    context: dict[str, Any] = {"object_type": kind, "stored": stored, "setting": setting, "owner": owner}
    return render(
        "settings/layouts/conditions.html",
        status=422 if error else 200,
        editor=editor,
        editor_fields=editor.fields(error),
        list_url=url_of(kind),
        editor_url=url_of(kind, stored.place),
        card_url=here,
        here=f"{here}/conditions/{name}",
        **context,
    )
