"""What every template may use besides what its view hands over."""
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup

from crm import i18n
from crm.activities.types import activity_types
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.settings.object_pages import object_pages_for
from crm.settings.registry import pages_for
from crm.web.assets import asset
from crm.web.auth import viewer_or_none
from crm.web.flashes import has_flashes, take_flashes
from crm.web.forms import form_key
from crm.web.htmx import is_fragment
from crm.web.navigation import navigation
from crm.web.template_code import setup_code

ICONS = "icons.svg"
CSRF_FIELD = "kartotek_csrf_field"


class Later(Sequence[Any]):
    """A list that is made when a template looks at it, so that pages which do not show it pay nothing."""

    def __init__(self, make: Callable[[], Sequence[Any]]) -> None:
        self._make = make

    def __getitem__(self, index: Any) -> Any:
        return self._make()[index]

    def __len__(self) -> int:
        return len(self._make())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._make())


class WaitingFlashes:
    """The messages that wait; going through them takes them."""

    def __bool__(self) -> bool:
        return has_flashes()

    def __iter__(self) -> Iterator[Any]:
        return iter(take_flashes())


class Icons(dict[str, Markup]):
    """Drawings of the sprite by name, each made once; decoration only, a word or a label stands beside it."""

    def __missing__(self, name: str) -> Markup:
        drawing = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(asset(ICONS), name)
        return self.setdefault(name, drawing)


def csrf_field() -> Markup:
    """The hidden input every form carries; made once for all forms of an answer."""
    field = g.get(CSRF_FIELD)
    if field is None:
        field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
        setattr(g, CSRF_FIELD, field)
    return field  # type: ignore[no-any-return]


def record_types(verb: Verb = Verb.VIEW) -> list[Any]:
    """The object types this person may see (or `verb`), in order; none while the database is out of reach."""
    person = None if g.get("is_broken") else viewer_or_none()
    return [kind for kind in schema().record_types if person.may(kind.name, verb)] if person else []


def activity_objects() -> list[Any]:
    """The object types of activities this person may see, in order."""
    person = None if g.get("is_broken") else viewer_or_none()
    return [kind for kind in schema().activity_types if person.may(kind.name, Verb.VIEW)] if person else []


def settings_groups() -> list[Any]:
    """The pages of the settings this person may open, by group."""
    person = None if g.get("is_broken") else viewer_or_none()
    return list(pages_for(person)) if person else []


def object_tabs(object_type: ObjectType) -> list[Any]:
    """The tabs of the settings of one object type that this person may open."""
    person = viewer_or_none()
    return list(object_pages_for(person, object_type)) if person else []


def setup_templates(app: Flask) -> None:
    """Make Jinja strict and hand it the globals and filters of this program."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    setup_code(env)
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.globals.update(
        _=i18n.gettext,
        gettext=i18n.gettext,
        ngettext=i18n.ngettext,
        asset=asset,
        icon=Icons().__getitem__,
        csrf_field=csrf_field,
        form_key=form_key,
        flashes=WaitingFlashes(),
        object_types=Later(record_types),
        activity_objects=Later(activity_objects),
        nav_items=Later(lambda: navigation(record_types())),
        creatable_types=Later(lambda: record_types(Verb.CREATE)),
        activity_types=Later(lambda: activity_types.all()),
        settings_groups=Later(settings_groups),
        object_tabs=object_tabs,
    )
    env.filters.update(
        t=i18n.translate,
        moment=lambda value: i18n.reader().moment(value),
        day=lambda value: i18n.reader().day(value),
        clock=lambda value: i18n.reader().clock(value),
        month=lambda value: i18n.reader().month(value),
        ago=lambda value: i18n.reader().ago(value),
        instant=lambda value: f"{value.isoformat()[:16]}Z",
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"viewer": viewer_or_none(), "is_fragment": is_fragment(), "locale": i18n.reader().locale}
