"""The refusals that end an import before or between batches; what a single row lacks is a finding, not an error."""
from crm.messages import Message


class ImportRefused(Exception):
    """The import cannot go on; `message` says why and what to do. Everything taken before stays."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))
