"""The one record that a selection is associated with or put on (SPEC 6.1, 6.9)."""

from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.selections.choosing import shown
from crm.selections.registry import Asking


def test_who_sees_nothing_to_choose_from_is_not_asked_to_choose(alice: Viewer) -> None:
    only_notes = replace(alice, is_super_admin=False, scopes={("note", Verb.VIEW): Scope.EVERYTHING})
    with pytest.raises(NotFound):
        shown(Asking(only_notes, schema().object_type("note"), MultiDict(), Context()))
