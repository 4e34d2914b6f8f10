"""What people say about the program."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class Feedback(Base):
    """What somebody had to say, and the address of the page they came from ('' when unknown)."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    text: Mapped[str] = mapped_column(sa.Text, nullable=False)
    page: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
