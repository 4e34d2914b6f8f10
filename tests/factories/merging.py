"""Merging records, with the plan that a person would have seen."""

from crm.db import end_read, unit_of_work
from crm.merging.operations import Merged, merge, unmerge
from crm.merging.planning import Choices, plan
from crm.permissions.viewer import Viewer


def make_merge(actor: Viewer, primary_id: int, secondary_id: int, choices: Choices | None = None) -> Merged:
    """One record of two."""
    end_read()
    with unit_of_work():
        return merge(actor, plan(actor, primary_id, secondary_id, choices))


def undo_merge(actor: Viewer, merge_id: int) -> tuple[int, int]:
    """Two records of that one again."""
    end_read()
    with unit_of_work():
        return unmerge(actor, merge_id)
