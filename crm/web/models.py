"""Forms that were sent already: what keeps a double click from writing twice (DESIGN 7)."""
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class FormKey(Base):
    """The key one rendering of a form carried, and where its writer was sent afterwards."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, nullable=False)
    location: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
