"""Being mentioned: by choosing from a list, or by an address after an @ (SPEC 1.6)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient

from crm.activities.comments import add_comment
from crm.activities.mentions import mentioned_in, mentioned_in_text
from crm.activities.operations import create_activity, update_activity
from crm.activities.origin import Origin
from crm.db import end_read, unit_of_work
from crm.notifications.people import find_people
from crm.notifications.queries import NoticeFilter, page
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import sanitize
from crm.records.source import Source, SourceKind
from tests.factories import make_comment, make_contact, make_note
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
AT_MOST = 0.3


def chosen(person: Viewer) -> str:
    return f'<p>Ask <data value="{person.user_id}">@{person.name}</data></p>'


def told(viewer: Viewer) -> list[str]:
    end_read()
    return [str(one.words) for one in page(viewer, NoticeFilter(), 100)]


def rewrite(actor: Viewer, note: int, body: str) -> None:
    end_read()
    with unit_of_work():
        update_activity(actor, note, {"body": body})


def test_a_mention_survives_sanitising_and_nothing_else_of_its_element_does(alice: Viewer) -> None:
    written = '<data value="7" class="x" data-mention="8" onclick="x()">@Bob</data>'
    assert sanitize(written) == '<data value="7">@Bob</data>'
    for value in ("javascript:1", "7 8", "-1", "1" * 12, "٣"):
        assert sanitize(f'<data value="{value}">@Bob</data>') == "<data>@Bob</data>"


def test_people_are_found_in_bodies_and_texts(alice: Viewer, bob: Viewer) -> None:
    assert mentioned_in(chosen(bob)) == {bob.user_id}
    assert mentioned_in("<p>see @Alice@Example.com.</p>") == {alice.user_id}
    assert mentioned_in_text("(@bob@example.com, @alice@example.com)") == {alice.user_id, bob.user_id}
    for nobody in ("bob@example.com", "x@bob@example.com", "@eve@example.com", "@Bob Stone", '<data value="0">'):
        assert mentioned_in(nobody) == set()


def test_who_is_mentioned_is_told_once_for_each_activity(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact, body=chosen(bob))
    assert told(bob) == ["Alice Berg mentioned you"]
    rewrite(alice, note, chosen(bob) * 2)
    make_comment(alice, note, "@bob@example.com again")
    assert [one for one in told(bob) if "mentioned" in one] == ["Alice Berg mentioned you"]


def test_two_who_mention_somebody_at_the_same_moment_both_comment_and_one_tells(
    app: Flask, alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    note = make_note(bob, make_contact(bob))
    written, beside = threading.Event(), threading.Event()

    def slowly() -> None:
        with app.app_context(), unit_of_work():
            add_comment(bob, note, "@alice@example.com")
            written.set()
            # On SQLite nobody comes in beside somebody who writes: there the other one waits at the door meanwhile.
            beside.wait(AT_MOST)

    def soon_after() -> None:
        written.wait()
        with app.app_context(), unit_of_work():
            beside.set()
            add_comment(dana, note, "@alice@example.com")

    end_read()
    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(slowly), pool.submit(soon_after)]:
            one.result()
    assert [one for one in told(alice) if "mentioned" in one] == ["Bob Stone mentioned you"]


def test_a_later_change_or_comment_that_first_mentions_somebody_tells_them(
    alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact)
    rewrite(alice, note, chosen(bob))
    assert told(bob) == ["Alice Berg mentioned you"]
    make_comment(bob, note, "and @dana@example.com?")
    assert told(dana) == ["Bob Stone mentioned you"]


def test_who_may_not_see_the_activity_is_not_told_of_the_mention(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, body=chosen(charlie))
    make_note(bob, contact, body=chosen(bob))
    assert told(charlie) == []
    assert told(bob) == []


def test_the_list_holds_active_colleagues_whose_words_begin_so(alice: Viewer) -> None:
    def names(typed: str) -> list[str]:
        return [one.name for one in find_people(alice, typed)]

    assert names("") == ["Bob Stone", "Charlie Reed", "Dana Holm"]
    assert names("sto") == names("BOB@") == names("st b") == ["Bob Stone"]
    assert names("tone") == []


def test_the_list_is_a_fragment_of_options_that_are_put_in_as_they_are(alice: Viewer, client_of: ClientOf) -> None:
    browser, about = client_of(alice), f"record={make_contact(alice)}&kind=note"
    answer = browser.get(f"/people/suggestions?q=da&list=people-composer&{about}", fragment=True)  # type: ignore[call-arg]
    shown = read(answer.text)
    option = shown.one(role="option")
    assert shown.one(role="listbox")["id"] == "people-composer"
    assert (option["data-text"], option.one("data").text) == ("@dana@example.com", "@Dana Holm")
    assert browser.get(f"/people/suggestions?list=x%22y&{about}").status_code == 400
    assert browser.get("/people/suggestions?q=da").status_code == 400


def test_the_list_holds_only_people_who_see_what_they_would_be_mentioned_in(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: ClientOf
) -> None:
    north, south = make_contact(alice), make_contact(charlie)
    on_both = make_note(charlie, south)
    browser = client_of(alice)

    def offered(about: str) -> list[str]:
        shown = read(browser.get(f"/people/suggestions?list=people&{about}", fragment=True).text)  # type: ignore
        return [one.one("data").text for one in shown.all(role="option")]

    assert offered(f"record={north}&kind=note") == ["@Bob Stone", "@Dana Holm"]
    assert offered(f"record={south}&kind=note") == ["@Dana Holm"]
    assert offered(f"activity={on_both}") == ["@Charlie Reed", "@Dana Holm"]
    assert client_of(bob).get(f"/people/suggestions?record={south}&kind=note").status_code == 404
    assert client_of(bob).get(f"/people/suggestions?activity={on_both}").status_code == 404


def test_a_number_that_stands_with_another_name_mentions_nobody(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    make_note(alice, make_contact(alice), body=f'<p><data value="{bob.user_id}">@Dana Holm</data></p>')
    assert told(bob) == told(dana) == []
    assert mentioned_in(f'<data value="{bob.user_id}"><b>@Bob&nbsp;Stone</b></data>') == {bob.user_id}


def test_mail_that_came_from_outside_mentions_nobody_when_it_is_changed_later(
    alice: Viewer, bob: Viewer, dana: Viewer
) -> None:
    contact = make_contact(alice)
    imported = Origin(created_via="import", source=Source(SourceKind.IMPORT))
    words = f"<p>cc @bob@example.com {chosen(bob)}</p>"
    end_read()
    with unit_of_work():
        mail = create_activity(alice, "email", {"title": "Hello", "body": words}, contact, imported)
    rewrite(alice, mail, f"{words}<p>Seen.</p>")
    assert told(bob) == []
    rewrite(alice, mail, f"{words}<p>{chosen(dana)}</p>")
    assert told(dana) == ["Alice Berg mentioned you"]


def test_a_comment_shows_who_is_mentioned_by_name(alice: Viewer, bob: Viewer, client_of: ClientOf) -> None:
    note = make_note(alice, make_contact(alice))
    make_comment(alice, note, "<b>hi</b> @bob@example.com and nobody@example.com")
    body = read(client_of(alice).get(f"/activities/{note}/comments").text).one(css="comment-body")
    assert body.text == "<b>hi</b> @Bob Stone and nobody@example.com"
    assert body.one("strong", css="mention")["title"] == "bob@example.com"
