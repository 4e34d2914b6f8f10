"""Downloading an attachment, and looking at a picture without downloading it (QUALITY 3)."""

from flask import Response, abort

from crm.activities.attachments import get_current_attachment
from crm.files.images import MOST_BYTES, check_image
from crm.files.queries import get_content
from crm.files.views import blueprint, path_of, sent
from crm.messages import InvalidValue
from crm.web.auth import SIGNED_IN, requires, viewer


@blueprint.get("/files/<int:attachment_id>")
@requires(SIGNED_IN)
def download(attachment_id: int) -> Response:
    """The bytes of an attachment, always to be saved, never to be shown; hidden and unknown ones are 404.

    The number an attachment had before its record was merged leads to it too.
    """
    item = get_current_attachment(viewer(), attachment_id)
    return sent(item, item.media_type, "attachment")


@blueprint.get("/files/content/<sha256>")
@requires(SIGNED_IN)
def download_content(sha256: str) -> Response:
    """The bytes of a file that is a value of a record, for whoever may see such a record."""
    item = get_content(viewer(), sha256)
    return sent(item, item.media_type, "attachment")


@blueprint.get("/files/<int:attachment_id>/preview")
@requires(SIGNED_IN)
def preview(attachment_id: int) -> Response:
    """A small PNG, JPEG, GIF or WebP picture as what its bytes say it is; 404 for anything else, whatever its name.

    The browser keeps it for itself, but asks again each time whether it may be seen.
    """
    item = get_current_attachment(viewer(), attachment_id)
    if item.size > MOST_BYTES:
        abort(404)
    try:
        media_type = check_image(path_of(item).read_bytes())
    except InvalidValue:
        abort(404)
    answer = sent(item, media_type, "inline")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
