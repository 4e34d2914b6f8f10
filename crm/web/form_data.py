"""What a form sent for properties, before any rule reads it."""
from collections.abc import Iterable

from flask import request
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict, MultiDict

from crm.objects.schema import ObjectType
from crm.properties.types.file import KeptFile, kept_files
from crm.records.values import type_of
from crm.web.file_store import file_store

NO_FILE = "-"


def restore(pairs: Iterable[tuple[str, str]]) -> None:
    """Go on as if a form with these fields had been sent: what somebody typed earlier is shown to them again."""
    # Files of this request would stay open until somebody collects them: nothing else holds them any more.
    request.close()
    request.form, request.files = ImmutableMultiDict(list(pairs)), ImmutableMultiDict()
    request.values = CombinedMultiDict([request.args, request.form])


def typed_values(
    object_type: ObjectType, names: Iterable[str], absent_is_empty: bool = True
) -> dict[str, str | list[str]]:
    """The texts sent for the properties called `names`; all of them for a property of several values.

    A browser sends nothing for ticks that are off, so a property that is missing counts as emptied.
    """
    typed: dict[str, str | list[str]] = {}
    for name in names:
        prop = object_type.properties.get(name)
        is_sent = name in request.form or name in request.files
        if prop is None or prop.read_only or not (is_sent or absent_is_empty):
            continue
        texts = request.form.getlist(name)
        if prop.type == "file":
            texts = [there(text) for text in texts if text] + _uploaded(name)
        typed[name] = texts if type_of(prop).is_multiple else (texts[-1] if texts else "")
    return typed


def with_files(name: str) -> MultiDict[str, str]:
    """What the form sent, the files that came under `name` among its texts, as their type writes them."""
    sent = request.form.copy()
    sent.setlist(name, [there(text) if kept_files(text) else text for text in sent.getlist(name)] + _uploaded(name))
    return sent


def there(text: str) -> str:
    """A file that came back in a form, if it is on the disk; else what names no file."""
    found = kept_files(text)
    return text if len(found) == 1 and file_store().path(found[0].sha256).is_file() else NO_FILE


def _uploaded(name: str) -> list[str]:
    """The files sent for a property, put on the disk, as their type writes them: a form that comes back has them."""
    kept = []
    for one in request.files.getlist(name):
        if one.filename:
            deposit = file_store().store(one.stream, one.filename)
            kept.append(str(KeptFile(deposit.sha256, deposit.size, deposit.name)))
    return kept
