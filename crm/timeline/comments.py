"""Comments ready to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.accounts.queries import directory
from crm.activities.mentions import parts
from crm.activities.queries import CommentRow
from crm.permissions.viewer import Viewer


@dataclass(frozen=True)
class CommentView:
    """One comment as the page shows it; moments in UTC."""

    id: int
    author_name: str
    moment: datetime
    body: str
    edited_at: datetime | None
    can_edit: bool

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Its text in pieces, each with the name of the person it mentions, "" where it mentions nobody."""
        return [(text, directory().name_of(user_id)) for text, user_id in parts(self.body)]

    @property
    def url(self) -> str:
        """The address its forms work on."""
        return f"/comments/{self.id}"


def comment_views(viewer: Viewer, comments: Iterable[CommentRow]) -> list[CommentView]:
    """Comments with the names of who wrote them; one's own may be changed."""
    return [
        CommentView(
            id=one.id,
            author_name=directory().name_of(one.author_id),
            moment=one.created_at,
            body=one.body,
            edited_at=one.edited_at,
            can_edit=one.author_id is not None and one.author_id == viewer.user_id,
        )
        for one in comments
    ]
