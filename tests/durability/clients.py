"""People at work: each signs in once, writes until the server goes away, and keeps a history of it.

A client changes only what it made itself, so that it knows what must be there; the companies it links to are shared.
"""

import contextlib
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.durability.history import Attempt, History, Outcome
from tests.durability.snapshot import Snapshot
from tests.support import cast
from tests.support.visitor import NoAnswer, Visitor

WHO = ("alice", "bob", "charlie", "alice", "bob", "charlie", "alice", "bob")
LETTERS = "bcdfghjklmnpqrtvwxz"
REFUSED = 400
GONE = 404
FOUND = 302
KEPT_FORMS = 5
SPARE = "spare.example.org"
MOST_TWINS = 4
HIDDEN = re.compile(r'<input type="hidden" name="(key|with|version|other_version)" value="([^"]+)">')
MERGE = re.compile(r'href="/merges/(\d+)"')


@dataclass
class World:
    """What a client has made, as far as it is known to be there: ids by what it is.

    `spares` are contacts that are deleted and restored, each with whether it is deleted.
    """

    contacts: list[int] = field(default_factory=list)
    spares: dict[int, bool] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    notes: dict[int, int] = field(default_factory=dict)
    links: dict[int, set[int]] = field(default_factory=dict)
    archived: set[int] = field(default_factory=set)


class Client:
    """One person with one browser, whose choices all come from `chance`; who `looks` searches for each note again."""

    def __init__(
        self,
        number: int,
        address: str,
        companies: Sequence[int],
        history: History,
        chance: Random,
        looks: bool = False,
    ) -> None:
        self.number = number
        self.world = World()
        self.surprises: list[str] = []
        self._companies = companies
        self._history = history
        self._chance = chance
        self._looks = looks
        self._visitor = Visitor(address)
        self._sent: list[Attempt] = []
        self._twins: list[int] = []

    def sign_in(self) -> None:
        """Through the login page; the session is good for every life of the server."""
        self._visitor.sign_in(cast.email_of(WHO[self.number]), cast.PASSWORD)

    def look_around(self, snapshot: Snapshot) -> None:
        """Learn what there is by now of what this client made."""
        words = {word: kind for one in self._history.of(self.number) for kind, word in one.marks}
        world = self.world = World()
        for row in snapshot.objects["contact"]:
            if words.get(row["email"] or "") == "email":
                world.contacts.append(row["record_id"])
                world.versions[row["record_id"]] = snapshot.records[row["record_id"]]["version"]
            elif words.get(row["email"] or "") == "spare":
                world.spares[row["record_id"]] = snapshot.records[row["record_id"]]["archived_at"] is not None
        world.links = snapshot.activity_links()
        for activity_id, word in snapshot.notes().items():
            if words.get(word) != "note":
                continue
            record = snapshot.records[activity_id]
            if record["archived_at"] is None:
                world.notes[activity_id] = record["version"]
            else:
                world.archived.add(activity_id)

    def write_until(self, stop: threading.Event) -> None:
        """Do one thing after the other, until told to stop or the server is gone."""
        with contextlib.suppress(NoAnswer):
            self._send_again()
            while not stop.is_set():
                self._one_thing()

    def _send_again(self) -> None:
        """Send the forms again that got no answer, as people do: each must act once, whatever it did before."""
        for attempt in self._sent:
            if attempt.outcome is Outcome.UNANSWERED:
                self._history.again(attempt)
                self._send(attempt)
        self._sent = [one for one in self._sent if one.outcome is Outcome.DONE][-KEPT_FORMS:]

    def _one_thing(self) -> None:
        world = self.world
        choices: list[Callable[[], None]] = [self._make_contact] * 2 + [self._make_spare]
        if len(self._twins) < MOST_TWINS:
            choices.append(self._make_twin)
        if len(self._twins) > 1:
            choices += [self._merge_or_part] * 2
        if world.spares:
            choices += [self._delete_or_restore_record] * 2
        if world.contacts:
            choices += [self._log_note] * 5 + [self._log_with_task] * 2 + [self._edit] * 4
            choices += [self._make_company, self._link, self._unlink]
        if world.notes:
            choices += [self._comment] * 3 + [self._change_note] * 2 + [self._pin, self._delete_or_restore]
            choices += [self._put_on_company]
        if self._sent:
            choices.append(self._repeat)
        self._chance.choice(choices)()

    # What people do

    def _make_contact(self) -> None:
        word = self._word()
        form = {"firstname": "Ada", "lastname": word, "email": f"{word}@example.org", "key": self._key()}
        marks = [("email", f"{word}@example.org"), ("history", word), ("term", word), ("key", form["key"])]
        attempt = self._do("contact", "/objects/contacts/new", form, marks)
        if attempt.outcome is Outcome.DONE:
            record_id = int(attempt.said.rpartition("/")[2])
            self.world.contacts.append(record_id)
            self.world.versions[record_id] = 1

    def _make_spare(self) -> None:
        """A contact that will be deleted and restored; it is found by its words only while it is there."""
        word = self._word()
        form = {"firstname": "Eve", "lastname": word, "email": f"{word}@{SPARE}", "key": self._key()}
        marks = [("spare", f"{word}@{SPARE}"), ("history", word), ("key", form["key"])]
        attempt = self._do("spare", "/objects/contacts/new", form, marks)
        if attempt.outcome is Outcome.DONE:
            self.world.spares[int(attempt.said.rpartition("/")[2])] = False

    def _delete_or_restore_record(self) -> None:
        """Whoever deleted a record may bring it back; while it is there it is linked, so that it leaves something."""
        spare = self._chance.choice(sorted(self.world.spares)[-6:])
        if self.world.spares[spare]:
            self._do("record back", f"/records/{spare}/restoration", {}, [], {("archived", spare): False})
            self.world.spares[spare] = False
        elif self._chance.random() < 0.4:
            company = self._chance.choice(self._companies)
            form = {"record_id": str(company)}
            linked = {("linked", spare, company): True}
            self._do("link spare", f"/records/{spare}/associations/companies/add", form, [], linked)
        else:
            self._do("record gone", f"/records/{spare}/deletion", {}, [], {("archived", spare): True})
            self.world.spares[spare] = True

    def _make_twin(self) -> None:
        """A contact that will be merged and come back; what it is called stands in two records then."""
        form = {"firstname": "Ada", "lastname": self._word(), "key": self._key()}
        attempt = self._do("twin", "/objects/contacts/new", form, [("key", form["key"])])
        if attempt.outcome is Outcome.DONE:
            self._twins.append(int(attempt.said.rpartition("/")[2]))

    def _merge_or_part(self) -> None:
        """Merge two records of one's own, or take apart what they have become; both are there, or both put away."""
        place = self._chance.randrange(len(self._twins) // 2) * 2
        first, second = self._twins[place : place + 2]
        page = self._visitor.get(f"/records/{first}/merge?with={second}")
        if page.status == FOUND:
            record = page.location.partition("/records/")[2].partition("/")[0]
            merge = MERGE.search(self._visitor.get(f"/records/{record}/merges").text)
            path, form, marks = f"/merges/{merge[1] if merge else 0}/undo", {}, []
        else:
            path, form = f"/records/{first}/merge", dict(HIDDEN.findall(page.text))
            marks = [("key", form.get("key", ""))]
        is_merged = page.status != FOUND
        registers = {("archived", one): is_merged for one in (first, second)}
        self._do("merge" if is_merged else "part", path, form, marks, registers)

    def _make_company(self) -> None:
        contact, word = self._contact(), self._word()
        form = {"tab": "new", "name": word, "key": self._key()}
        marks = [("company", word), ("history", word), ("term", word), ("key", form["key"])]
        self._do("company", f"/records/{contact}/associations/companies/add", form, marks)

    def _edit(self) -> None:
        contact, word = self._contact(), self._word()
        version = self.world.versions[contact]
        form = {"version": str(version), "jobtitle": word}
        registers = {("jobtitle", contact): word}
        self._do("edit", f"/records/{contact}/properties/jobtitle", form, [("history", word)], registers)
        self.world.versions[contact] = version + 1

    def _log_note(self) -> None:
        word = self._word()
        form = {"kind": "note", "body": f"<p>{word}</p>", "key": self._key()}
        marks, contact = [("note", word), ("key", form["key"])], self._contact()
        self._do("note", f"/records/{contact}/activities", form, marks)
        if self._looks:
            self._look_for(word, contact)

    def _log_with_task(self) -> None:
        """A call and the task that follows it up: two activities in one transaction."""
        word, contact = self._word(), self._contact()
        form = {"kind": "call", "title": word, "body": "<p>Asked for prices.</p>", "follow_up": "true"}
        form |= {"follow_up_days": "3", "key": self._key()}
        marks = [("call", word), ("follow-up of", word), ("key", form["key"])]
        self._do("call", f"/records/{contact}/activities", form, marks)

    def _change_note(self) -> None:
        note, word = self._note(), self._word()
        version = self.world.notes[note]
        form = {"version": str(version), "body": f"<p>{word}</p>"}
        registers = {("body", note): word}
        self._do("change", f"/activities/{note}", form, [("history", word)], registers)
        self.world.notes[note] = version + 1

    def _comment(self) -> None:
        note, word = self._note(), self._word()
        form = {"body": word, "key": self._key()}
        marks = [("comment", word), ("key", form["key"])]
        self._do("comment", f"/activities/{note}/comments", form, marks)

    def _pin(self) -> None:
        note, contact = self._note(), self._contact()
        if contact not in self.world.links.get(note, ()):
            return
        form = {"activity_id": str(note), "on": "1"}
        self._do("pin", f"/records/{contact}/pin", form, [], {("pin", contact): note})

    def _delete_or_restore(self) -> None:
        archived = self.world.archived
        if archived and self._chance.random() < 0.6:
            note = self._chance.choice(sorted(archived))
            self._do("restore", f"/activities/{note}/restoration", {}, [], {("archived", note): False})
            archived.discard(note)
            return
        note = self._note()
        self._do("delete", f"/activities/{note}/deletion", {}, [], {("archived", note): True})
        del self.world.notes[note]
        archived.add(note)

    def _link(self) -> None:
        contact, company = self._contact(), self._chance.choice(self._companies)
        registers = {("linked", contact, company): True}
        form = {"record_id": str(company)}
        self._do("link", f"/records/{contact}/associations/companies/add", form, [], registers)

    def _unlink(self) -> None:
        contact, company = self._contact(), self._chance.choice(self._companies)
        self._do(
            "unlink", f"/records/{contact}/associations/{company}/remove", {}, [], {("linked", contact, company): False}
        )

    def _put_on_company(self) -> None:
        note, company = self._note(), self._chance.choice(self._companies)
        is_on = self._chance.random() < 0.7
        form = {"record_id": str(company), "on": "1" if is_on else "0"}
        self._do("put on", f"/activities/{note}/associations", form, [], {("on", note, company): is_on})

    def _repeat(self) -> None:
        """A double click on a form that was acted on, or that got no answer."""
        self._send(self._chance.choice(self._sent))

    def _look_for(self, word: str, contact: int) -> None:
        """What one has just saved is found at once, by the search of everything and by that of the record."""
        for path in (f"/search?q={word}", f"/records/{contact}/timeline?q={word}"):
            answer = self._visitor.get(path)
            if answer.status >= REFUSED:
                self.surprises.append(f"{answer.status} for {path}: {answer.text[-2000:]}")
            elif "/activities/" not in answer.text:
                self.surprises.append(f"{path} does not find what was saved just before")

    # How they do it

    def _do(
        self,
        what: str,
        path: str,
        form: dict[str, str],
        marks: list[tuple[str, str]],
        registers: dict[tuple, object] | None = None,
    ) -> Attempt:
        attempt = Attempt(self.number, what, path, list(form.items()), marks, dict(registers or {}))
        self._history.begin(attempt)
        if attempt.key:
            self._sent.append(attempt)
        self._send(attempt)
        return attempt

    def _send(self, attempt: Attempt) -> None:
        answer = self._visitor.post(attempt.path, attempt.form)
        if answer.status == GONE and attempt.outcome is Outcome.DONE:
            # A form sent again about a note that its author has deleted meanwhile.
            return
        if answer.status >= REFUSED:
            self.surprises.append(f"{answer.status} for {attempt}: {answer.text[-2000:]}")
            attempt.outcome = Outcome.REFUSED if attempt.outcome is Outcome.UNANSWERED else attempt.outcome
            return
        attempt.outcome, attempt.said = Outcome.DONE, answer.location

    def _contact(self) -> int:
        return self._chance.choice(self.world.contacts[-6:])

    def _note(self) -> int:
        return self._chance.choice(sorted(self.world.notes)[-6:])

    def _word(self) -> str:
        """A word nobody has written yet; without digits, so that search takes it for one word."""
        return "q" + "".join(self._chance.choices(LETTERS, k=11))

    @staticmethod
    def _key() -> str:
        return secrets.token_urlsafe(18)
