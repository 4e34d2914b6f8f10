"""The refusals: a hidden thing does not exist, a visible one may not be changed (DESIGN 6)."""


class NotFound(LookupError):
    """There is no such thing, or the viewer may not know that there is."""


class MergedAway(NotFound):
    """The record `record_id` has become `into_id`, which the viewer may see: look there (SPEC 4.6)."""

    def __init__(self, record_id: int, into_id: int) -> None:
        self.record_id = record_id
        self.into_id = into_id
        super().__init__(f"record {record_id} has become {into_id}")


class Forbidden(PermissionError):
    """The viewer sees it but may not do this to it."""


class ViewingOnly(Forbidden):
    """A super admin who views as somebody else tried to change something."""
