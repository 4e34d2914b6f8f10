"""Templates that a person may use, by name, with how often they were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.accounts.sharing import may_change, shared_with
from crm.db import db
from crm.folding import folded, folded_words
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.text_templates.models import TextTemplate, TextTemplateUse

TEMPLATE: sa.Table = TextTemplate.__table__  # type: ignore[assignment]
USE: sa.Table = TextTemplateUse.__table__  # type: ignore[assignment]
After = tuple[str, int]


@dataclass(frozen=True)
class Template:
    """A subject and a body with tokens. `uses` counts how often people inserted it, `users` by how many it was."""

    id: int
    user_id: int
    visibility: str
    kinds: tuple[str, ...]
    name: str
    subject: str
    body: str
    version: int
    changed_at: datetime
    changed_by_id: int | None = None
    folded_name: str = ""
    uses: int = 0
    users: int = 0
    last_used_at: datetime | None = None

    def may_change(self, viewer: Viewer) -> bool:
        """Whether this person may change and delete it: whose it is, and super admins if it is shared."""
        return may_change(viewer, self.user_id, self.visibility)


@dataclass(frozen=True)
class Use:
    """Who used a template, how often, and when last."""

    user_id: int
    number: int
    last_used_at: datetime


def templates_for(
    viewer: Viewer, q: str = "", kind: str = "", limit: int = 50, after: After | None = None
) -> list[Template]:
    """The templates a person may use whose name or subject has all the words of `q`, by name; of one `kind` if given.

    `after` is the folded name and the id of the last one that was shown.
    """
    statement = _with_uses().where(shared_with(viewer, TEMPLATE), TEMPLATE.c.deleted_at.is_(None))
    for word in folded_words(q):
        in_subject = folded(TEMPLATE.c.subject).contains(word, autoescape=True)
        statement = statement.where(sa.or_(TEMPLATE.c.folded_name.contains(word, autoescape=True), in_subject))
    if kind:
        statement = statement.where(TEMPLATE.c.kinds.contains(f" {kind} ", autoescape=True))
    if after is not None:
        last = sa.tuple_(after[0], _number(after[1]))
        statement = statement.where(sa.tuple_(TEMPLATE.c.folded_name, TEMPLATE.c.id) > last)
    order = (TEMPLATE.c.folded_name, TEMPLATE.c.id)
    return [_template(row) for row in db.session.execute(statement.order_by(*order).limit(limit))]


def get_template(viewer: Viewer, template_id: int, is_deleted: bool = False) -> Template:
    """One a person may use, or a deleted one; raises NotFound."""
    state = TEMPLATE.c.deleted_at.is_not(None) if is_deleted else TEMPLATE.c.deleted_at.is_(None)
    mine = _with_uses().where(shared_with(viewer, TEMPLATE), TEMPLATE.c.id == _number(template_id), state)
    row = db.session.execute(mine).first()
    if row is None:
        raise NotFound(f"no template {template_id}")
    return _template(row)


def changeable_template(actor: Viewer, template_id: int, is_deleted: bool = False) -> Template:
    """One a person may change; raises NotFound, Forbidden."""
    found = get_template(actor, template_id, is_deleted)
    if not found.may_change(actor):
        raise Forbidden(f"template {template_id} belongs to somebody else")
    return found


def uses_of(template_id: int, limit: int = 50) -> Sequence[Use]:
    """Who used a template, who did most often first."""
    found = sa.select(USE).where(USE.c.template_id == template_id).order_by(USE.c.number.desc(), USE.c.user_id)
    return [Use(row.user_id, row.number, row.last_used_at) for row in db.session.execute(found.limit(limit))]


def _number(sent: int) -> sa.ColumnElement[int]:
    """A number that may be larger than any id of a template: PostgreSQL takes offence at it as one."""
    return sa.literal(sent, sa.BigInteger())


def _with_uses() -> sa.Select[Any]:
    used = (
        sa.select(
            USE.c.template_id,
            sa.func.sum(USE.c.number).label("uses"),
            sa.func.count().label("users"),
            sa.func.max(USE.c.last_used_at).label("last_used_at"),
        )
        .group_by(USE.c.template_id)
        .subquery()
    )
    columns = (TEMPLATE, used.c.uses, used.c.users, used.c.last_used_at)
    return sa.select(*columns).join_from(TEMPLATE, used, used.c.template_id == TEMPLATE.c.id, isouter=True)


def _template(row: Any) -> Template:
    return Template(
        row.id,
        row.user_id,
        row.visibility,
        tuple(row.kinds.split()),
        row.name,
        row.subject,
        row.body,
        row.version,
        row.changed_at,
        row.changed_by_id,
        row.folded_name,
        row.uses or 0,
        row.users or 0,
        row.last_used_at,
    )
