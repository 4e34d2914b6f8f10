"""What the addresses and forms of views name: the object, the state of its index page, who may use a view."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.views.index_activities import ActivityQuery
from crm.records.views.index_query import IndexQuery
from crm.saved_views.view import SavedView
from crm.web.auth import viewer

HERE = "/objects/<object_name>/views"
ONLY_ME, MY_TEAM, EVERYBODY = N_("Only me"), N_("My team: %(team)s"), N_("Everybody")
ONLY_OWNER, ONE_TEAM = N_("Only %(name)s"), N_("The team %(team)s")


def kind_called(object_name: str) -> ObjectType:
    """The object with an index page of that name; raises NotFound, and Forbidden for who sees nothing of it."""
    kind = schema().by_plural(object_name)
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(object_name)
    return kind


def url_of(kind: ObjectType, rest: str = "") -> str:
    """An address of views of an object."""
    return f"/objects/{kind.plural_name}/views{rest}"


def page_of(kind: ObjectType, key: str) -> str:
    """The index page that shows a view."""
    return f"/objects/{kind.plural_name}?view={key}"


def query_of(kind: ObjectType, given: MultiDict[str, str]) -> IndexQuery:
    """The state of an index page that these arguments say; raises NotFound for a view one has not."""
    return (ActivityQuery if kind.is_activity else IndexQuery).of(kind, given)


def readers(person: Viewer, view: SavedView | None = None) -> Sequence[tuple[str, Message]]:
    """Who could use a view, each with its words; of a new one or of `view`."""
    teams, owner_id = directory().teams, view.owner_id if view else person.user_id
    owner = directory().users.get(owner_id or 0)
    team = teams.get((view.team_id if view and view.team_id else owner.team_id if owner else None) or 0)
    is_own = owner_id == person.user_id
    private = Message(ONLY_ME) if is_own else Message(ONLY_OWNER, name=owner.name if owner else "")
    found = [(Visibility.PRIVATE.value, private)]
    if team is not None:
        words = MY_TEAM if is_own and team.id == person.team_id else ONE_TEAM
        found.append((Visibility.TEAM.value, Message(words, team=team.name)))
    return [*found, (Visibility.EVERYONE.value, Message(EVERYBODY))]


def readers_of(person: Viewer, view: SavedView) -> Message:
    """Who may use a view, in words."""
    return dict(readers(person, view)).get(view.visibility, Message(ONLY_ME))
