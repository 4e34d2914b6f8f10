"""/settings/objects/<objects>/layouts: views written into text files, and read from them (SPEC 1.7)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts.drafts import change_draft
from crm.layouts.editing import InvalidLayout
from crm.layouts.operations import create_layout
from crm.layouts.transfer import MOST_BYTES, InvalidFile, from_file, to_file
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layouts import HERE, kind_called, layout_called, list_page, url_of
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.forms import once, remember, sent_key
from crm.web.htmx import redirect_to

NEW = ""
CHOOSE_FILE = N_("Choose a file.")
IS_A_DRAFT = N_("The file is in your draft of this view. Look at it, then save it.")


@blueprint.get(f"{HERE}/<place>/export")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def export_layout(object_name: str, place: str) -> Response:
    """The view, as everybody sees it, as a text file."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    answer = Response(to_file(stored), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-page-{kind.plural_name}-{place}.json"'
    return answer


@blueprint.post("/objects/<object_name>/layouts-import")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def import_layout(object_name: str) -> Response:
    """Make a view of a file, or a draft of one that is there; 422 with every fault of the file, and nothing changed."""
    kind, key, target = kind_called(object_name), sent_key(), request.form.get("target", NEW)
    stored = layout_called(kind, target) if target else None
    typed = {"target": target, "import_name": request.form.get("import_name", "")}
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return list_page(kind, errors={"file": Message(CHOOSE_FILE)}, typed=typed)
    try:
        name, layout = from_file(kind, sent.stream.read(MOST_BYTES + 1))
        with unit_of_work():
            location = once(key)
            if location is None:
                if stored is None:
                    layout_id = create_layout(viewer(), kind, typed["import_name"] or name, layout)
                    location = url_of(kind, str(layout_id))
                else:
                    change_draft(viewer(), kind, stored.id, lambda _before: layout)
                    location = url_of(kind, target)
                remember(key, location)
    except InvalidFile as error:
        return list_page(kind, typed=typed, faults=error.faults)
    except InvalidLayout as error:
        wrong = {"import_name" if name == "name" else name: text for name, text in error.errors.items()}
        return list_page(kind, errors=wrong, typed=typed)
    if stored is not None:
        flash(IS_A_DRAFT)
    return redirect_to(location)
