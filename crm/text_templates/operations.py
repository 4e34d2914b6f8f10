"""Making, changing and deleting templates, and counting that they are used; all inside a unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts.sharing import Visibility, is_visibility
from crm.activities.types import activity_types
from crm.clock import now
from crm.db import db
from crm.folding import fold
from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import from_anything
from crm.records.errors import InvalidInput
from crm.text_templates.filling import known_tokens
from crm.text_templates.queries import (
    TEMPLATE,
    USE,
    Template,
    changeable_template,
    get_template,
)
from crm.text_templates.tokens import problem_with

LONGEST_NAME = 80
LONGEST_SUBJECT = 500
MOST = 500
OVERTAKEN = N_("Somebody changed this template in the meantime. Saving again writes over that.")
KEPT = timedelta(days=90)
"""How long a deleted one can be brought back."""


@dataclass(frozen=True)
class Content:
    """What a form says of a template, not checked yet."""

    name: str
    kinds: Sequence[str]
    subject: str
    body: str
    visibility: str


def create_template(actor: Viewer, content: Content) -> int:
    """Keep a new template and return its id; raises InvalidInput."""
    own = sa.select(sa.func.count()).where(TEMPLATE.c.user_id == actor.user_id, TEMPLATE.c.deleted_at.is_(None))
    if (db.session.scalar(own) or 0) >= MOST:
        raise InvalidInput({"form": Message(N_("You can keep at most %(limit)s templates."), limit=MOST)})
    moment = now()
    values = checked(actor, content) | {"user_id": actor.user_id, "version": 1}
    values |= {"created_at": moment, "changed_at": moment, "changed_by_id": actor.user_id}
    db.session.execute(sa.delete(TEMPLATE).where(TEMPLATE.c.deleted_at < moment - KEPT))
    return db.session.execute(sa.insert(TEMPLATE).values(values)).inserted_primary_key[0]


def change_template(actor: Viewer, template_id: int, content: Content, version: int) -> None:
    """Change a template that had `version` when the form was opened; raises NotFound, Forbidden, InvalidInput."""
    found = changeable_template(actor, template_id)
    values = checked(actor, content)
    values |= {"version": found.version + 1, "changed_at": now(), "changed_by_id": actor.user_id}
    same = (TEMPLATE.c.id == template_id, TEMPLATE.c.version == found.version)
    if version != found.version or not db.session.execute(sa.update(TEMPLATE).where(*same).values(values)).rowcount:
        raise InvalidInput({"version": Message(OVERTAKEN)})


def delete_template(actor: Viewer, template_id: int) -> Template:
    """Delete one, restorably, and return what it was; raises NotFound, Forbidden."""
    return _mark(changeable_template(actor, template_id), is_deleted=True)


def restore_template(actor: Viewer, template_id: int) -> Template:
    """Bring a deleted one back; raises NotFound, Forbidden."""
    return _mark(changeable_template(actor, template_id, is_deleted=True), is_deleted=False)


def hand_over_templates(from_id: int, to_id: int) -> None:
    """Give somebody else the templates that a person shared; their private ones were for nobody else."""
    shared = (TEMPLATE.c.user_id == from_id, TEMPLATE.c.visibility != Visibility.PRIVATE.value)
    db.session.execute(sa.update(TEMPLATE).where(*shared).values(user_id=to_id))


def count_use(actor: Viewer, template_id: int) -> Template:
    """Note that the actor inserts a template, and return it; raises NotFound."""
    template = get_template(actor, template_id)
    moment = now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = {"template_id": template_id, "user_id": actor.user_id, "number": 1, "last_used_at": moment}
    more = {"number": USE.c.number + 1, "last_used_at": moment}
    once_more = insert(USE).values(first).on_conflict_do_update(index_elements=["template_id", "user_id"], set_=more)
    db.session.execute(once_more)
    return template


def checked(actor: Viewer, content: Content) -> dict[str, Any]:
    """The columns of what a form says; raises InvalidInput with all that is wrong."""
    name = " ".join(content.name.replace("\x00", "").split())
    subject = " ".join(content.subject.replace("\x00", "").split())
    known = known_tokens(actor)
    errors: dict[str, Message] = {}
    body = ""
    try:
        body = from_anything(content.body)
    except InvalidValue as error:
        errors["body"] = error.message
    if not name or len(name) > LONGEST_NAME:
        words = N_("At most %(limit)s characters.") if name else N_("Give it a name.")
        errors["name"] = Message(words, limit=LONGEST_NAME) if name else Message(words)
    if len(subject) > LONGEST_SUBJECT:
        errors["subject"] = Message(N_("At most %(limit)s characters."), limit=LONGEST_SUBJECT)
    elif problem := problem_with(subject, known):
        errors["subject"] = problem
    if not body and not subject and "body" not in errors:
        errors["body"] = Message(N_("Write something first."))
    elif problem := problem_with(body, known):
        errors["body"] = problem
    if not content.kinds or any(kind not in activity_types for kind in content.kinds):
        errors["kinds"] = Message(N_("Choose what it is for."))
    if not is_visibility(content.visibility):
        errors["visibility"] = Message(N_("Choose who can use it."))
    if errors:
        raise InvalidInput(errors)
    kinds = f" {' '.join(dict.fromkeys(content.kinds))} "
    told = {"name": name, "folded_name": fold(name), "subject": subject, "body": body}
    return told | {"kinds": kinds, "visibility": content.visibility}


def _mark(template: Template, is_deleted: bool) -> Template:
    values = {"deleted_at": now() if is_deleted else None}
    db.session.execute(sa.update(TEMPLATE).where(TEMPLATE.c.id == template.id).values(values))
    return template
