"""Values of the record that is written about, and of the nearest one of each other object it is associated with."""

from collections.abc import Sequence

from crm.associations.queries import primary_company_id, recently_associated
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import to_text
from crm.records.queries import RecordRow, get_record
from crm.records.shown import for_record, show
from crm.text_templates.sources import Choice, Filling, Group, TokenSource, token_sources

COMPANY = "company"


def _offered(viewer: Viewer) -> Sequence[Group]:
    types = [one for one in schema().record_types if viewer.may(one.name, Verb.VIEW)]
    return [Group(one.label, _choices(one)) for one in types]


def _choices(kind: ObjectType) -> list[Choice]:
    named = [prop for prop in kind.properties.values() if _can_be_written(prop)]
    return [Choice(f"{kind.name}.{prop.name}", prop.label) for prop in named]


def _can_be_written(prop: Property) -> bool:
    """What is marked as sensitive is not spread by a text that many people use; a file is no words."""
    return not prop.is_sensitive and prop.type != "file"


def _value(filling: Filling, scope: str, name: str) -> str | None:
    kind = schema().types.get(scope)
    prop = kind.properties.get(name) if kind is not None and not kind.is_activity else None
    if prop is None or not _can_be_written(prop):
        return None
    record = _nearest(filling, scope)
    value = record.values.get(name) if record is not None else None
    if record is None or value is None:
        return None
    text = show(prop, value, for_record(filling.context, record.values)).text
    return to_text(text) if prop.type == "rich_text" else text


def _nearest(filling: Filling, object_type: str) -> RecordRow | None:
    if filling.record.object_type == object_type:
        return filling.record
    if object_type not in filling.found:
        filling.found[object_type] = _read(filling, object_type)
    found: RecordRow | None = filling.found[object_type]
    return found


def _read(filling: Filling, object_type: str) -> RecordRow | None:
    """The primary company; else what was associated last, an open one first."""
    viewer, record = filling.viewer, filling.record
    if not viewer.may(object_type, Verb.VIEW):
        return None
    near = primary_company_id(viewer, record.id, record.object_type) if object_type == COMPANY else None
    for is_open in (True, False):
        if near is None:
            some = recently_associated(viewer, record.id, record.object_type, object_type, is_open, 1)
            near = some[0].id if some else None
    try:
        return get_record(viewer, near) if near is not None else None
    except NotFound:
        return None


token_sources.register(TokenSource("records", _offered, _value, position=10))
