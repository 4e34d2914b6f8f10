"""What is chosen once for the whole account."""

from flask import Flask

from crm.associations.lifecycle import FOLLOWS
from crm.db import end_read, stamps, unit_of_work
from crm.permissions.viewer import Viewer
from tests.support.queries import count_queries


def test_a_choice_nobody_has_made_yet_costs_no_query(app: Flask) -> None:
    end_read()
    assert FOLLOWS.get() is True
    end_read()
    stamps()
    with count_queries() as queries:
        assert FOLLOWS.get() is True
    assert len(queries) == 0, queries


def test_a_choice_is_kept_and_made_again(alice: Viewer) -> None:
    for chosen in (False, True, False):
        end_read()
        with unit_of_work():
            FOLLOWS.set(alice, chosen)
        assert FOLLOWS.get() is chosen
