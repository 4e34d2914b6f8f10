"""What goes wrong in a browser without anybody looking: errors in the console, broken rules, bad answers."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, WebError

BAD_ANSWER = "Failed to load resource"
GIVEN_UP = "htmx:sendAbort"
ENDED = "htmx:afterRequest"


@dataclass
class Watch:
    """Collects what the windows of one test report; `allow` names the answers that the test provokes."""

    errors: list[str] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    allowed: list[tuple[int, str]] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._fell)
        context.on("response", self._answered)

    def allow(self, status: int, path: str) -> None:
        """Answers with this status from addresses in which `path`, a regular expression, is found are wanted."""
        self.allowed.append((status, path))

    def surprises(self) -> list[str]:
        bad = [
            f"{status} from {url}"
            for status, url in self.answers
            if not any(status == known and re.search(path, url) for known, path in self.allowed)
        ]
        return self._without_given_up() + bad

    def _without_given_up(self) -> list[str]:
        """The errors but for requests that were given up since the reader typed on or left; htmx logs each twice."""
        kept: list[str] = []
        for error in self.errors:
            if error.startswith(GIVEN_UP):
                twin = error.replace(GIVEN_UP, ENDED, 1)
                if twin in kept:
                    kept.remove(twin)
            else:
                kept.append(error)
        return kept

    def _hear(self, message: ConsoleMessage) -> None:
        # A bad answer is reported twice: here, and with its status below.
        if message.type == "error" and not message.text.startswith(BAD_ANSWER):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _fell(self, error: WebError) -> None:
        self.errors.append(f"{error.error}")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400:
            self.answers.append((answer.status, answer.url))
