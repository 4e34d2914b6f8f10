"""Downloading an attachment; rights are checked on every hit (QUALITY 3)."""
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, send_file

from crm.files.queries import AttachmentItem, get_attachment, get_content
from crm.files.storage import FileStore
from crm.web.auth import SIGNED_IN, requires, viewer

blueprint = Blueprint("files", __name__)

# A downloaded page or picture may run and load nothing, even when somebody opens it in place.
CONTENT_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@blueprint.get("/files/<int:attachment_id>")
@requires(SIGNED_IN)
def download(attachment_id: int) -> Response:
    """The bytes of an attachment, always to be saved, never to be shown; hidden and unknown ones are 404."""
    return _sent(get_attachment(viewer(), attachment_id))


@blueprint.get("/files/content/<sha256>")
@requires(SIGNED_IN)
def download_content(sha256: str) -> Response:
    """The bytes of a file that is a value of a record, for whoever may see such a record."""
    return _sent(get_content(viewer(), sha256))


def _sent(item: AttachmentItem) -> Response:
    path = file_store().path(item.sha256)
    if not path.is_file():
        current_app.logger.error("the bytes of attachment %s (%s) are not on disk", item.id, item.sha256)
        abort(404)
    answer = send_file(path, mimetype=item.media_type, etag=item.sha256, max_age=0)
    plain = "".join(sign if 32 <= ord(sign) < 127 and sign not in '"\\%' else "_" for sign in item.name)
    exact = quote(item.name, safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    answer.headers["Content-Security-Policy"] = CONTENT_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def file_store() -> FileStore:
    """Where this application keeps its files."""
    config = current_app.config["KARTOTEK"]
    return FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
