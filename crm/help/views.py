"""/help: the manual, the community, and a word to those who run this installation."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from crm.db import unit_of_work
from crm.help.feedback import LONGEST, LONGEST_PAGE, send_feedback
from crm.help.manual import topic, topics
from crm.i18n import reader
from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas import functions
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

blueprint = Blueprint("help", __name__)

THANKS = N_("Thank you. Your message is kept for those who look after Kartotek here.")


@blueprint.get("/help")
@requires(SIGNED_IN)
def manual() -> Response:
    """The contents of the manual."""
    return render("help/index.html", topics=topics(reader().locale).values())


@blueprint.get("/help/<topic_name>")
@requires(SIGNED_IN)
def page(topic_name: str) -> Response:
    """One page of the manual."""
    language = reader().locale
    shown = topic(topic_name, language)
    listed = functions if shown.name == "formulas" else ()
    return render("help/topic.html", topic=shown, topics=topics(language).values(), functions=listed)


@blueprint.get("/help/community")
@requires(SIGNED_IN)
def community() -> Response:
    """Where people of other teams talk about the program."""
    return render("help/community.html", url=current_app.config["KARTOTEK"].community_url)


@blueprint.get("/help/feedback")
@requires(SIGNED_IN)
def feedback() -> Response:
    """The form for a message."""
    return _feedback("", _came_from(), None)


@blueprint.post("/help/feedback")
@requires(SIGNED_IN)
def save_feedback() -> Response:
    """Keep the message; 422 with the reason when there is none or it is too long."""
    key, text, came_from = sent_key(), request.form.get("text", ""), request.form.get("page", "")[:LONGEST_PAGE]
    try:
        with unit_of_work():
            if once(key) is None:
                send_feedback(viewer(), text, came_from)
                remember(key, "/help")
    except InvalidValue as error:
        return _feedback(text, came_from, error.message)
    flash(THANKS)
    return redirect_to("/help")


def _came_from() -> str:
    """The path of the page the link was on, when it was one of ours."""
    try:
        sent = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    return sent.path[:LONGEST_PAGE] if sent.netloc == request.host else ""


def _feedback(text: str, came_from: str, error: Message | None) -> Response:
    status = 422 if error else 200
    found = {"text": text, "page": came_from, "error": error, "longest": LONGEST, "key": form_key()}
    return render("help/feedback.html", status=status, **found)
