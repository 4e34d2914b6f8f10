"""`python app.py` as it is run: the set-up link, the two processes, how they end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import PATIENCE, PROJECT, Program, children, descendants, free_port, is_alive, until


def on_disk(folder: Path, port: int) -> Program:
    """A Kartotek of its own, in a folder of its own, on a port of its own."""
    settings = {
        "KARTOTEK_DATA_DIR": str(folder / "data"),
        "KARTOTEK_SEARCH_INDEX": str(folder / "search_index"),
        "KARTOTEK_BIND": f"127.0.0.1:{port}",
    }
    return Program(settings, folder / "output.txt")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return on_disk(tmp_path, free_port())


@pytest.fixture
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    process = program.start()
    try:
        until(program.answers, "the first answer")
        yield process
    finally:
        process.kill()
        process.wait()


def test_first_start_prints_a_set_up_link_that_works(program: Program, running: subprocess.Popen[bytes]) -> None:
    until(lambda: "/setup/" in program.output(), "the set-up link")
    link = re.search(r"http://\S+/setup/\S+", program.output())
    assert link
    with urllib.request.urlopen(link.group(), timeout=PATIENCE) as answer:
        assert "password" in answer.read().decode()


def test_address_with_a_long_filter_is_answered_by_the_program(
    program: Program, running: subprocess.Popen[bytes]
) -> None:
    until(lambda: "/setup/" in program.output(), "the set-up link")
    link = re.search(r"http://\S+/setup/\S+", program.output())
    assert link
    with urllib.request.urlopen(f"{link.group()}?filter={'a' * 7_000}", timeout=PATIENCE) as answer:
        assert "password" in answer.read().decode()


def test_sigterm_ends_everything_cleanly(running: subprocess.Popen[bytes]) -> None:
    children = descendants(running.pid)
    assert len(children) >= 3, "gunicorn, its process, and the worker"
    running.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE) == 0
    assert not any(map(is_alive, children))


def test_kill_leaves_no_process_behind(running: subprocess.Popen[bytes]) -> None:
    children = descendants(running.pid)
    running.kill()
    running.wait()
    until(lambda: not any(map(is_alive, children)), "the end of the children")


def test_killed_worker_is_started_again(program: Program, running: subprocess.Popen[bytes]) -> None:
    (worker,) = [pid for pid in children(running.pid) if not descendants(pid)]
    os.kill(worker, signal.SIGKILL)
    until(lambda: "starting it again" in program.output(), "the report that the worker ended")
    until(lambda: len(descendants(running.pid)) >= 3, "another worker")
    assert program.answers()


SHORT_LIVED = """
import signal, sys
from crm.serving import _Supervisor

def work():
    open(sys.argv[1], "a").write("worked\\n")

sys.exit(_Supervisor(web=signal.pause, work=work).run())
"""


def test_worker_is_not_started_again_once_everybody_was_told_to_stop(tmp_path: Path) -> None:
    """The signal comes in the pause after the quick death of the first worker."""
    notes = tmp_path / "notes.txt"
    process = subprocess.Popen([sys.executable, "-c", SHORT_LIVED, str(notes)], cwd=PROJECT, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert b"starting it again" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert notes.read_text() == "worked\n"


def test_two_that_start_at_once_make_one_database(program: Program, tmp_path: Path) -> None:
    commands = [sys.executable, "-m", "flask", "--app", "app", "migrate"]
    both = [
        subprocess.Popen(commands, cwd=PROJECT, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=PATIENCE) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended


def test_nothing_is_written_that_others_can_read_in_a_folder_that_was_there(program: Program, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    previous = os.umask(0o022)
    try:
        made = program.command("migrate")
    finally:
        os.umask(previous)
    assert made.returncode == 0, made.stderr
    assert (data / "kartotek.sqlite").is_file()
    assert [path.name for path in data.iterdir() if path.stat().st_mode & 0o077] == []


def test_the_port_of_a_program_is_kept_for_it_while_it_is_down() -> None:
    """What every test rests on that starts a program once more."""
    with socket.socket() as somebody, pytest.raises(OSError, match="in use"):
        somebody.bind(("127.0.0.1", free_port()))


def test_taken_address_is_refused_in_one_line(program: Program) -> None:
    host, _, port = program.environment["KARTOTEK_BIND"].rpartition(":")
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind((host, int(port)))
        squatter.listen()
        process = program.start()
        assert process.wait(PATIENCE) != 0
    assert re.fullmatch(r"Kartotek cannot start: KARTOTEK_BIND=\S+ cannot be used: .+\n", program.output())


def test_set_up_without_questions_then_in_order(program: Program) -> None:
    made = program.command(
        "setup", "--owner-email", "ada@example.com", "--password-stdin", typed="quiet-harbour-lantern-41\n"
    )
    assert made.returncode == 0, made.stderr
    again = program.command(
        "setup", "--owner-email", "eve@example.com", "--password-stdin", typed="quiet-harbour-lantern-42\n"
    )
    assert again.returncode != 0
    assert "set up already" in again.stderr
    weak = program.command("setup", "--owner-email", "eve", "--password-stdin", typed="short\n")
    assert weak.returncode != 0
    assert "Traceback" not in weak.stderr
    found = program.command("doctor").stdout
    assert "the database file is sound" in found
    assert "somebody can sign in" in found


def test_bad_setting_is_refused_in_one_line(program: Program) -> None:
    program.environment["KARTOTEK_TIME_ZONE"] = "Mars/Olympus"
    process = program.start()
    assert process.wait(PATIENCE) != 0
    assert "KARTOTEK_TIME_ZONE" in program.output()
    assert "Traceback" not in program.output()
