"""Why two records cannot be made one, or one not be taken apart."""

from crm.messages import InvalidValue, Message


class CannotMerge(InvalidValue):
    """These two records cannot become one; `message` says why."""


class CannotUnmerge(InvalidValue):
    """This merge cannot be undone (any more); `message` says why."""


class UndoneAlready(CannotUnmerge):
    """It was undone before; `primary_id` is the record to go on with."""

    def __init__(self, message: str, primary_id: int) -> None:
        self.primary_id = primary_id
        super().__init__(message)


class Outdated(RuntimeError):
    """One of the records changed after the plan was made: somebody should look at the new one first."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))
