"""Files in the composer: sent as soon as they are chosen, attached when the activity is logged (SPEC 1.6, REC-45)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from crm.activities.drafts import ATTACHED
from crm.activities.views import blueprint
from crm.activities.views.loggable import loggable
from crm.files.names import clean_name, media_type_of
from crm.files.operations import attach_to_new
from crm.files.storage import Deposit
from crm.files.views.receiving import MOST_FILES, TOO_MANY, received
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.properties.types.file import KeptFile, kept_files
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, takes_files, viewer
from crm.web.form_data import NO_FILE, there
from crm.web.htmx import is_fragment, redirect_to, render

FIELD = "files"
CHANGED = ("composer-files-changed",)
GONE = N_("A file of this draft is not here any more. Choose it again.")


@dataclass(frozen=True)
class ComposedFiles:
    """The files of a composer, as it shows them; `error` says why some of those just sent could not be taken."""

    files: Sequence[KeptFile] = ()
    error: Message | None = None

    @property
    def deposits(self) -> list[Deposit]:
        """What is to be attached."""
        # A form can say any name.
        named = [(one, clean_name(one.name)) for one in self.files]
        return [Deposit(one.sha256, one.size, name, media_type_of(name)) for one, name in named]


@blueprint.post("/records/<int:record_id>/activities/files")
@requires(SIGNED_IN)
@takes_files
def take_files(record_id: int) -> Response:
    """Put the files just chosen on the disk and show them with those that are in the composer already."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.values.get("kind", ""), record)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/activities/new?kind={kind.name}")
    found = composed_files()
    return render(
        "activities/_composer_files.html",
        "activities/_composer_files.html",
        status=422 if found.error else 200,
        events=() if found.error else CHANGED,
        record=record,
        kind=kind,
        composed=found,
    )


def composed_files() -> ComposedFiles:
    """The files a composer names and those sent with it; what cannot be taken is told, and the others stay."""
    named = dict.fromkeys(request.form.getlist(ATTACHED))
    there_still = [text for text in named if there(text) != NO_FILE]
    kept = [file for text in there_still for file in kept_files(text)]
    error = Message(GONE) if len(kept) < len(named) else None
    if len(kept) > MOST_FILES:
        return ComposedFiles(kept, Message(TOO_MANY, limit=MOST_FILES, count=len(kept)))
    try:
        deposits = received(request.files.getlist(FIELD), len(kept))
    except InvalidValue as refused:
        return ComposedFiles(kept, refused.message)
    new = [KeptFile(one.sha256, one.size, one.name) for one in deposits]
    return ComposedFiles([*dict.fromkeys([*kept, *new])], error)


def files_errors(composed: ComposedFiles) -> Mapping[str, Message]:
    """What is wrong with the files, by the name of their field."""
    return {FIELD: composed.error} if composed.error else {}


def attach_composed(activity_id: int, object_type: str, composed: ComposedFiles) -> None:
    """Attach the files to the activity just logged, in its unit of work."""
    attach_to_new(viewer(), activity_id, schema().object_type(object_type).name, composed.deposits)
