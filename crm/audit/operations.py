"""Writing the audit log; the one place that does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.models import AuditEntry
from crm.clock import now
from crm.db import db
from crm.permissions.viewer import Viewer

MOST_FAILED = 200
FAILED_WINDOW = timedelta(hours=1)
LONGEST_DETAIL = 4_000
NOBODY = Viewer(user_id=None, name="")
"""The actor of a sign-in that failed: who it was is not known."""


class Kind(StrEnum):
    """What an entry may be about."""

    USER = "user"
    TEAM = "team"
    PERMISSION_SET = "permission_set"
    PROPERTY = "property"
    PROPERTY_GROUP = "property_group"
    PIPELINE = "pipeline"
    ACCOUNT = "account"
    OBJECT_TYPE = "object_type"
    RECORD_LAYOUT = "record_layout"
    RECORD = "record"
    ASSOCIATION = "association_type"
    BULK_RUN = "bulk_run"
    SAVED_VIEW = "saved_view"
    RECORD_LIST = "record_list"


@dataclass(frozen=True)
class About:
    """What something was done to, by the name it has at that moment."""

    kind: Kind
    id: int
    name: str


def record(actor: Viewer, action: Action, about: About | None = None, details: Mapping[str, str] | None = None) -> None:
    """Add an entry to the audit log, inside the unit of work of what it tells.

    `details` are texts by the keys of DETAIL_LABELS; empty ones are left out.
    """
    told = {key: text[:LONGEST_DETAIL] for key, text in (details or {}).items() if text}
    db.session.execute(
        sa.insert(AuditEntry).values(
            moment=now(),
            actor_id=actor.user_id,
            actor_name=actor.name,
            action=action,
            about_kind=about.kind if about else "",
            about_id=about.id if about else None,
            about_name=about.name if about else "",
            details=json.dumps(told, ensure_ascii=False, sort_keys=True),
        )
    )


def record_failed_sign_in(about: About | None, details: Mapping[str, str]) -> None:
    """Add a failed sign-in, inside a unit of work; of a flood the first MOST_FAILED of an hour and a line saying so.

    What was typed is not kept: people type passwords into the wrong field.
    """
    latest = (
        sa.select(AuditEntry.moment)
        .where(AuditEntry.action.in_((Action.SIGN_IN_FAILED, Action.SIGN_IN_FLOOD)))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    before = db.session.execute(latest.offset(MOST_FAILED)).scalar()
    if before is not None and before > now() - FAILED_WINDOW:
        return
    nearly = db.session.execute(latest.offset(MOST_FAILED - 1)).scalar()
    if nearly is not None and nearly > now() - FAILED_WINDOW:
        record(NOBODY, Action.SIGN_IN_FLOOD)
    else:
        record(NOBODY, Action.SIGN_IN_FAILED, about, details)
