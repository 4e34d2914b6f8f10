"""What tests of exports share."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from crm.accounts.models import PermissionRight
from crm.accounts.queries import directory, end_change
from crm.db import db, end_read, unit_of_work
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer


@pytest.fixture
def exporting(app: object) -> Callable[[Viewer], None]:
    """Let somebody export."""

    def let(person: Viewer) -> None:
        known = directory().users[person.user_id or 0]
        if person.has_right(AccountRight.EXPORT):
            return
        end_read()
        with unit_of_work():
            values = {"permission_set_id": known.permission_set_id, "account_right": AccountRight.EXPORT}
            db.session.execute(sa.insert(PermissionRight).values(**values))
            end_change()
        end_read()

    return let
