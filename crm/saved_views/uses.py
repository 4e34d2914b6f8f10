"""Which saved views need a property, an option or a label (SPEC 2.4, 6.3).

Only views that are shared count: a private one is its owner's business, nobody else could change it, and nobody is told
that it is there. What it asks for in vain is marked when its owner opens it.
"""

from collections.abc import Collection, Iterator

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility
from crm.filters.addresses import readable_conditions
from crm.filters.registry import Subject, subject_of
from crm.filters.tree import Condition
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.registry import Use
from crm.objects.schema import ObjectType, Property
from crm.saved_views.queries import all_live_views
from crm.saved_views.view import SavedView

USED = N_("The view “%(view)s” of %(objects)s")
USED_BY_TEAM = N_("A view of %(objects)s that is shared with the team %(team)s")


def view_use(view: SavedView) -> Use:
    """A view as a place that needs something."""
    kind = schema().object_type(view.object_type)
    return Use(Message(USED, view=view.name, objects=kind.plural_label), f"/objects/{kind.plural_name}?view={view.key}")


def need_of(view: SavedView) -> Use:
    """The same for whoever changes properties: they need not be of the team that a view is shared with."""
    use, team = view_use(view), directory().teams.get(view.team_id or 0)
    if view.is_for_everyone or team is None:
        return use
    objects = schema().object_type(view.object_type).plural_label
    return Use(Message(USED_BY_TEAM, objects=objects, team=team.name), use.url)


def needing_property(kind: ObjectType, prop: Property) -> Iterator[SavedView]:
    """The shared views, of any object, that show a property, sort by it or ask for it."""
    for view in _shared_views():
        is_shown = view.object_type == kind.name and prop.name in (*view.state.columns, view.state.sort)
        if is_shown or any(_is_about(subject, kind, prop) for subject, _condition in _asked(view)):
            yield view


def needing_option(kind: ObjectType, prop: Property, value: str) -> Iterator[SavedView]:
    """The shared views, of any object, whose filter or shape names one value of a property."""
    for view in _shared_views():
        asked = (condition for subject, condition in _asked(view) if _is_about(subject, kind, prop))
        in_shape = view.object_type == kind.name and view.state.options.get(prop.name) == value
        if in_shape or any(value in condition.values for condition in asked):
            yield view


def needing_label(names: Collection[str]) -> Iterator[SavedView]:
    """The shared views that ask for associations with a label, by the names of its types."""
    for view in _shared_views():
        if any(subject.link_type in names for subject, _condition in _asked(view)):
            yield view


def _shared_views() -> Iterator[SavedView]:
    return (view for view in all_live_views() if view.visibility != Visibility.PRIVATE)


def _asked(view: SavedView) -> Iterator[tuple[Subject, Condition]]:
    """What the filter of a view is about; what means nothing any more keeps nothing."""
    kind = schema().types[view.object_type]
    for condition in readable_conditions(view.state.filter):
        try:
            yield subject_of(kind, condition.subject), condition
        except InvalidValue:
            continue


def _is_about(subject: Subject, kind: ObjectType, prop: Property) -> bool:
    return subject.prop is not None and (subject.kind.name, subject.prop.name) == (kind.name, prop.name)
