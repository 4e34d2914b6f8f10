"""Files over the web: attached to records, downloaded, shown small, removed; rights are checked on every hit."""

from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, send_file

from crm.files.queries import AttachmentItem
from crm.web.file_store import file_store
from crm.web.security import FILE_POLICY

blueprint = Blueprint("files", __name__)


def path_of(item: AttachmentItem) -> Path:
    """Where the bytes of an attachment lie; 404 when they are gone."""
    path = file_store().path(item.sha256)
    if not path.is_file():
        current_app.logger.error("the bytes of attachment %s (%s) are not on disk", item.id, item.sha256)
        abort(404)
    return path


def sent(item: AttachmentItem, media_type: str, disposition: str) -> Response:
    """The bytes of an attachment, inert wherever they are opened."""
    answer = send_file(path_of(item), mimetype=media_type, etag=item.sha256, max_age=0)
    plain = "".join(sign if 32 <= ord(sign) < 127 and sign not in '"\\%' else "_" for sign in item.name)
    exact = quote(item.name, safe="")
    answer.headers["Content-Disposition"] = f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


from crm.files.views import attaching, downloads, removal  # noqa: E402, F401 - they add their routes
