"""Creating a record: a page, or a panel beside whatever page somebody is on (SPEC 3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.associations.creating import create_linked
from crm.associations.limits import LimitReached
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.past_activity.views_choice import Carried, carry_over, choices_of, tell
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.records.errors import InvalidInput, refuse
from crm.records.rows import OWNER
from crm.records.views import blueprint
from crm.records.views.create_fields import create_fields, known_value, missing_in_form, read_values, sent_values
from crm.records.views.create_links import FIELD, Links, chosen_links, is_new_search, lacking, with_search
from crm.records.views.given_away import GIVEN_AWAY
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing

CHECK_FIELDS = N_("Nothing was created yet: look at the fields marked below.")
CREATED = N_("A new %(object)s was created.")
ANOTHER, ENTER, FIND, REFRESH = "another", "enter", "find", "refresh"
CHANGED = ("records-changed", "associations-changed")
NOTHING: Mapping[str, Any] = {}


@blueprint.get("/objects/<object_name>/new")
@requires(SIGNED_IN)
def new(object_name: str) -> Response:
    """The empty form; `?associate_with=` names records to be linked, `?stage=` the stage to begin in."""
    object_type = _creatable(object_name)
    return _form(object_type, chosen_links(object_type), _in_stage(object_type, request.args.get("stage", "")))


@blueprint.get("/objects/<object_name>/new/known")
@requires(SIGNED_IN)
def known(object_name: str) -> Response:
    """Whether a record has the e-mail address or domain that somebody types."""
    object_type = _creatable(object_name)
    watched = create_fields(object_type, NOTHING, NOTHING).watched
    if not watched or not is_fragment():
        return redirect_to(_here(object_type))
    message = known_value(object_type, watched, request.args.get(watched, "")[:1_000])
    return render(
        "records/_known.html", "records/_known.html", object_type=object_type, watched=watched, message=message
    )


@blueprint.get("/objects/<object_name>/new/links")
@requires(SIGNED_IN)
def find_links(object_name: str) -> Response:
    """What can be linked: the chosen records, and what `?link_q=` finds."""
    object_type = _creatable(object_name)
    links = chosen_links(object_type)
    if not is_fragment():
        return redirect_to(_here(object_type, links))
    found = with_search(object_type, links)
    carried = choices_of(object_type, found.cards)
    return render("records/_links.html", "records/_links.html", object_type=object_type, links=found, carried=carried)


@blueprint.post("/objects/<object_name>/new")
@requires(SIGNED_IN)
def create(object_name: str) -> Response:
    """Make the record; the same form with messages when something in it cannot be taken.

    The form may also be sent to be shown anew: to find records to link, or because one field decides about others.
    """
    object_type = _creatable(object_name)
    links = chosen_links(object_type)
    then, typed = request.form.get("then", ""), sent_values(object_type)
    if then in (FIND, REFRESH) or (then == ENTER and is_new_search()):
        return _form(object_type, with_search(object_type, links), typed, look_up=True)
    try:
        values = read_values(object_type, typed)
        refuse(missing_in_form(object_type, values))
        links = replace(links, error=lacking(links))
        if links.error:
            raise InvalidInput({})
        key, carried = sent_key(), None
        with unit_of_work():
            location = once(key)
            if location is None:
                location, carried = _make(object_type, values, links)
                remember(key, location)
    except InvalidInput as error:
        return _form(object_type, with_search(object_type, links), typed, error.errors, summary=CHECK_FIELDS)
    except LimitReached as reached:
        links = replace(links, error=reached.message)
        return _form(object_type, with_search(object_type, links), typed, summary=CHECK_FIELDS)
    return _done(object_type, values, links, location, carried, wants_another=then == ANOTHER)


def _make(object_type: ObjectType, values: dict[str, Any], links: Links) -> tuple[str, Carried | None]:
    """Write the record and put past activity onto it; where to go then, a page this person may see."""
    record_id = create_linked(viewer(), object_type.name, values, links.ids, labels=links.labels)
    chosen = [card for card in links.cards if card.ticked]
    carried = carry_over(record_id, object_type, values, choices_of(object_type, chosen))
    if will_see(object_type, values):
        return f"/records/{record_id}", carried
    return links.cards[0].url if links.ids else f"/objects/{object_type.plural_name}", carried


def _done(
    object_type: ObjectType,
    values: dict[str, Any],
    links: Links,
    location: str,
    carried: Carried | None,
    wants_another: bool,
) -> Response:
    in_panel = is_fragment() and "panel" in request.form
    stays = wants_another or in_panel
    if not will_see(object_type, values):
        flash(GIVEN_AWAY)
    else:
        text = Message(CREATED, object=object_type.label.lower())
        flash(text, link_url=location if stays else None, link_label=N_("Go to record"))
    tell(carried)
    if in_panel and wants_another:
        return _form(object_type, links, events=CHANGED)
    if in_panel:
        return render_nothing(CHANGED)
    return redirect_to(_here(object_type, links) if wants_another else location)


def will_see(object_type: ObjectType, values: Mapping[str, Any]) -> bool:
    """Whether the person sees a record made of these values, or gives it away by making it."""
    return viewer().covers(object_type.name, Verb.VIEW, values.get(OWNER, viewer().user_id))


def _here(object_type: ObjectType, links: Links | None = None) -> str:
    chosen = urlencode([(FIELD, record_id) for record_id in links.ids]) if links else ""
    return f"/objects/{object_type.plural_name}/new" + (f"?{chosen}" if chosen else "")


def _in_stage(object_type: ObjectType, name: str) -> Mapping[str, Any]:
    """What is typed in a form that begins in the stage called so; nothing where there is none."""
    pipeline = next((one for one in object_type.pipelines if one.stage(name)), None)
    if pipeline is None or object_type.pipeline_property is None or object_type.stage_property is None:
        return NOTHING
    return {object_type.pipeline_property.name: pipeline.name, object_type.stage_property.name: name}


def _creatable(object_name: str) -> ObjectType:
    object_type = schema().by_plural(object_name)
    if object_type.is_activity or not viewer().may(object_type.name, Verb.CREATE):
        raise Forbidden(object_name)
    return object_type


def _form(
    object_type: ObjectType,
    links: Links,
    typed: Mapping[str, Any] = NOTHING,
    errors: Mapping[str, Message] = NOTHING,
    summary: str | None = None,
    look_up: bool = False,
    events: tuple[str, ...] = (),
) -> Response:
    first = links.cards[0].url if links.ids else f"/objects/{object_type.plural_name}"
    return render(
        "records/new.html",
        "records/_form.html",
        status=422 if summary else 200,
        events=events,
        object_type=object_type,
        form=create_fields(object_type, typed, errors, look_up),
        links=links,
        carried=choices_of(object_type, links.cards),
        action=f"/objects/{object_type.plural_name}/new",
        cancel_url=first,
        errors_summary=summary,
        in_panel=is_fragment() and (request.method == "GET" or "panel" in request.form),
        key=form_key(),
    )
