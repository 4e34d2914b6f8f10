"""`python app.py`: web and worker under one process, on one machine, with nothing else to set up (DESIGN 12).

The process that is started does no work itself: it forks gunicorn and the worker, passes signals on, and starts the
worker again should it die. On Linux both children end with it, however it ends.
"""

import ctypes
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication

from crm.config import Config

log = logging.getLogger(__name__)

THREADS = 4
PATIENCE_SECONDS = 20
QUICK_DEATH_SECONDS = 5
PAUSE_AFTER_QUICK_DEATH = 2.0
PR_SET_PDEATHSIG = 1
LONGEST_ADDRESS = 8_000
"""Bytes: a filter stands in the address, and pages send their address along in headers, which may have 8,190."""
ASKED_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def gunicorn_settings(config: Config) -> dict[str, Any]:
    """How gunicorn serves Kartotek; also for those who start gunicorn themselves."""
    return {
        "bind": config.bind,
        "worker_class": "gthread",
        "workers": config.web_processes,
        "threads": THREADS,
        "control_socket_disable": True,
        "proc_name": "kartotek",
        "umask": 0o077,
        "graceful_timeout": PATIENCE_SECONDS,
        "loglevel": "warning",
        "limit_request_line": LONGEST_ADDRESS,
    }


def demand_free(config: Config) -> None:
    """Raise OSError when the address cannot be ours: somebody else has it, or it is none of this machine."""
    host, _, port = config.bind.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host.strip("[]"), int(port)))


def serve(application: Any, config: Config, work: Callable[[], None], ready: Callable[[], None]) -> int:
    """Run the web server, and `work` in a process of its own, until asked to stop; returns the exit code.

    `ready` is called once the address is ours, to say where to go. To be called in a process of one thread that has
    no database connections: two processes must never share one.
    """
    return _Supervisor(web=_Web(application, config, ready).run, work=work).run()


class _Web(BaseApplication):
    """gunicorn around an application that is loaded already."""

    def __init__(self, application: Any, config: Config, ready: Callable[[], None]) -> None:
        self._application = application
        self._settings = {**gunicorn_settings(config), "when_ready": lambda _server: ready()}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application


class _Supervisor:
    """Two children: when the web server ends, all ends; when the worker ends, it is started again."""

    def __init__(self, web: Callable[[], None], work: Callable[[], None]) -> None:
        self._web = web
        self._work = work
        self._pids: dict[str, int] = {}
        self._stopping = False

    def run(self) -> int:
        self._pids["web"] = _fork(self._web)
        self._pids["work"] = _fork(self._work)
        for number in ASKED_TO_STOP:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        started, code = time.monotonic(), 0
        while self._pids:
            pid, status = os.wait()
            if pid == self._pids.get("web"):
                del self._pids["web"]
                code = os.waitstatus_to_exitcode(status)
                self._end()
            elif pid == self._pids.get("work"):
                del self._pids["work"]
                if not self._stopping:
                    log.error("the worker ended (%d); starting it again", os.waitstatus_to_exitcode(status))
                    if time.monotonic() - started < QUICK_DEATH_SECONDS:
                        time.sleep(PAUSE_AFTER_QUICK_DEATH)
                    self._work_again()
                    started = time.monotonic()
        return max(code, 0)

    def _work_again(self) -> None:
        """Start another worker, unless everybody was told to stop in the meantime; nobody is told meanwhile."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_STOP)
        try:
            if not self._stopping:
                self._pids["work"] = _fork(self._work)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._end()

    def _end(self) -> None:
        self._stopping = True
        signal.alarm(PATIENCE_SECONDS + 5)
        self._send(signal.SIGTERM)

    def _kill(self, _number: int, _frame: FrameType | None) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        for pid in self._pids.values():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _fork(run: Callable[[], None]) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(run, parent)
    return pid


def _be_child(run: Callable[[], None], parent: int) -> NoReturn:
    code = 1
    try:
        for number in (*ASKED_TO_STOP, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)
        _die_with(parent)
        run()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:
        code = 0
    except BaseException:
        log.exception("ended by an error")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """Have Linux send SIGTERM to this process when `parent` dies, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(1)
