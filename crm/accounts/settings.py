"""Choices made for the whole account, by name; what nobody has chosen is as the program has it."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import AccountSetting
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.caches import StampedCache
from crm.db import db, touch
from crm.permissions.viewer import Viewer

STAMP = "account_settings"


def account_setting(name: str, default: Any) -> Any:
    """What was chosen for `name`, else `default`."""
    return _cache.get().get(name, default)


def change_account_setting(actor: Viewer, name: str, value: Any, told: str) -> None:
    """Choose `value` for the account, inside a unit of work; `told` says it in the audit log. Asks for no right."""
    changed = sa.update(AccountSetting).where(AccountSetting.name == name).values(value=json.dumps(value))
    if not db.session.execute(changed).rowcount:
        db.session.execute(sa.insert(AccountSetting).values(name=name, value=json.dumps(value)))
    touch(STAMP)
    record(actor, Action.ACCOUNT_SETTING_CHANGED, details={"name": told})


def _load() -> Mapping[str, Any]:
    rows = db.session.execute(sa.select(AccountSetting.name, AccountSetting.value)).tuples()
    return {name: json.loads(value) for name, value in rows}


_cache = StampedCache(STAMP, _load)
