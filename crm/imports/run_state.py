"""Which import is running and how far it has come."""
from dataclasses import dataclass


@dataclass(frozen=True)
class RunState:
    """One import as it stands: `position` is the last row number (for mail: byte) that is safely in."""

    id: int
    file_sha256: str
    object_type: str
    position: int
    is_resumed: bool = False
