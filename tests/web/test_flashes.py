"""What is said after a redirect reads as it would have without one."""

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask, session

from crm.i18n import reader_for
from crm.messages import Lowered, Message, Phrase
from crm.web.flashes import flash, keep_flashes, take_flashes

NESTED = Message(
    "%(title)s: %(changed)s changed.",
    title=Message("Deleting %(objects)s", objects=Lowered("Deals")),
    changed="1,000",
)


@pytest.mark.parametrize(
    "text",
    [
        "Saved.",
        Message("Undo"),
        NESTED,
        Message("%(count)s for this reason: %(reason)s", count=2, reason=Phrase(NESTED)),
    ],
)
@pytest.mark.parametrize("locale", ["en", "pl"])
def test_messages_within_messages_reach_the_next_page_in_the_language_of_the_reader(
    app: Flask, text: str | Message, locale: str
) -> None:
    words = reader_for(locale, "UTC").translate
    assert [words(one.text) for one in carried_over(app, [text])] == [words(text)]


def test_long_texts_are_cut_off_and_the_last_five_kept(app: Flask) -> None:
    found = carried_over(app, [Message("%(name)s is back.", name=f"{number}{'a' * 300}") for number in range(7)])
    assert [str(one.text) for one in found] == [f"{number}{'a' * 199} is back." for number in range(2, 7)]


def carried_over(app: Flask, texts: Sequence[str | Message]) -> list[Any]:
    """What is left of them after a redirect."""
    with app.test_request_context("/"):
        for text in texts:
            flash(text)
        keep_flashes()
        kept = app.json.loads(app.json.dumps(dict(session)))
    with app.test_request_context("/"):
        session.update(kept)
        return take_flashes()
