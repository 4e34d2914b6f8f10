"""Writing down when people were last seen: beside the requests, since one that only reads must not write."""

import logging
import threading

import sqlalchemy as sa
from flask import Flask, Response

from crm.accounts import seen
from crm.db import unit_of_work

log = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0


class SeenWriter:
    """A thread of each web process that writes its notes about once a minute; begun by the first request."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._beginning = threading.Lock()
        self._has_begun = False

    def begin(self, answer: Response) -> Response:
        """Start the thread, once; tests write their notes themselves."""
        if not self._has_begun and not self._app.testing:
            with self._beginning:
                if not self._has_begun:
                    self._has_begun = True
                    threading.Thread(target=self._run, name="seen", daemon=True).start()
        return answer

    def write(self) -> None:
        """Write what there is; a database that is busy or away is no matter, the next minute brings new notes."""
        if not seen.has_notes():
            return
        try:
            with self._app.app_context(), unit_of_work():
                seen.write_notes()
        except sa.exc.SQLAlchemyError as error:
            log.info("when people were last seen could not be written: %s", type(error).__name__)

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(PAUSE_SECONDS):
            self.write()


def setup_seen(app: Flask) -> None:
    """Let `app` write down when people were last seen."""
    app.after_request(SeenWriter(app).begin)
