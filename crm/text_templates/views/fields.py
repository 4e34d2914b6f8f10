"""What the form of a template holds."""

from flask import request
from markupsafe import Markup

from crm.messages import N_, InvalidValue, Message
from crm.properties.rich_text import from_anything
from crm.records.shown import Field
from crm.text_templates.operations import Content


def sent_content() -> Content:
    """What was typed into the form."""
    form = request.form
    typed = [form.get(name, "") for name in ("subject", "body", "visibility")]
    return Content(form.get("name", ""), tuple(form.getlist("kinds")), *typed)


def body_field(text: str, error: Message | None = None, read_only: bool = False) -> Field:
    """The editor of the body, with the text as it was typed where it cannot be taken."""
    try:
        shown = Markup(from_anything(text))  # noqa: S704 - sanitised here
    except InvalidValue:
        shown = None
    label = N_("Text")
    return Field("body", label, "rich_text", "rich", text, error=error, read_only=read_only, html=shown)
