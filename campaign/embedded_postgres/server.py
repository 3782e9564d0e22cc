"""Starts an embedded PostgreSQL for the first process that needs it, and stops it after the last.

It imports only the standard library. The server does not listen on TCP. Processes coordinate by two kernel locks
(flock) on folders, which the kernel releases when a process is killed: an exclusive one on the parent folder while a
process starts or stops the server, and a shared one on the folder itself in each process that uses the server.
"""

import atexit
import fcntl
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.embedded_postgres import programs
from campaign.embedded_postgres.data_folder import DataFolder
from campaign.embedded_postgres.programs import PostgresError, Programs

log = logging.getLogger(__name__)

PORT = "5432"  # only a part of the socket's file name
SUPERUSER = "postgres"
AS = ("-U", SUPERUSER, "-d", "postgres")
PATIENCE = 60  # seconds; recovery after a crash takes part of them
TRIES = 10
LARGEST_LOG = 1_000_000  # bytes
# The server gets nothing else of our environment, which contains secrets.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
# Statements, parameters, details and errors can contain what people wrote: none of them is logged.
SETTINGS = {
    "listen_addresses": "",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_checkpoints": "off",
}


class Server:
    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        """`folder` holds the database or links to it; `options` go to `postgres` as they are."""
        self.home = DataFolder(folder)
        self.options = options
        self._mutex = threading.Lock()
        self._shared_lock: int | None = None  # our shared lock
        self._process: subprocess.Popen | None = None
        self.programs: Programs  # set by `_start`, which `join` calls

    def join(self) -> Path:
        """Starts the server if needed and registers this process as its user; returns the socket's folder."""
        with self._mutex:
            if self._shared_lock is None:
                self.home.make_parent()
                with self.exclusive_lock():
                    self.home.prepare()
                    lock = _lock(self.home.path, fcntl.LOCK_SH)
                    try:
                        self._start()
                    except BaseException:
                        os.close(lock)
                        raise
                    self._shared_lock = lock
        return self.home.path

    def restart(self) -> None:
        """Starts the server again after it crashed."""
        with self._mutex, self.exclusive_lock():
            self._start()

    def leave(self) -> None:
        """Unregisters this process, and stops the server if no other process uses it."""
        # If the folder was deleted there is nothing to do: a server whose data are gone ends by itself.
        with self._mutex, suppress(FileNotFoundError):
            if self._shared_lock is None:
                return
            with self.exclusive_lock():
                os.close(self._shared_lock)
                self._shared_lock = None
                with suppress(BlockingIOError):
                    os.close(_lock(self.home.path, fcntl.LOCK_EX | fcntl.LOCK_NB))
                    self._stop()

    def after_fork(self) -> None:
        """In a forked child: closes the parent's lock; the child takes one of its own when it needs the server."""
        if self._shared_lock is not None:
            os.close(self._shared_lock)
        self._mutex, self._shared_lock, self._process = threading.Lock(), None, None

    @contextmanager
    def exclusive_lock(self) -> Iterator[None]:
        """Holds the exclusive lock: no other process starts or stops the server meanwhile."""
        lock = _lock(self.home.folder.parent, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(lock)

    def _start(self) -> None:
        """Starts the server if needed; returns when it accepts connections.

        Raises PostgresError if it does not start in time.
        """
        made_by = self.home.data / "PG_VERSION"
        wanted = programs.find(int(made_by.read_text()) if made_by.exists() else None)
        self.programs = self.home.runnable(wanted)
        if not made_by.exists():
            self._make_data()
        deadline, failures = time.monotonic() + PATIENCE, 0
        while (answer := self._ask()) != "accepts":
            if failures > TRIES or time.monotonic() > deadline:
                raise PostgresError(f"The embedded PostgreSQL does not start. {self._end_of_log()}")
            if self._process and self._process.poll() is not None:
                self._process, failures = None, failures + 1
                time.sleep(0.2)  # the children of a killed server may take a moment to let go of its memory
            elif answer == "silent" and not self._process:
                self._process = self._spawn()
            else:
                time.sleep(0.02)

    def _stop(self) -> None:
        if self._ask() != "silent":
            with suppress(PostgresError):  # it died meanwhile
                self._run("pg_ctl", "-D", str(self.home.data), "-w", "-m", "fast", "stop")

    def _ask(self) -> str:
        """Returns `accepts`, `refuses` (while starting, recovering, stopping) or `silent` (absent or frozen)."""
        command: list[str | Path] = [
            self.programs.folder / "pg_isready",
            "-q",
            "-t3",
            "-h",
            self.home.path,
            "-p",
            PORT,
            *AS,
        ]
        status = subprocess.run(command, env=ENVIRONMENT, check=False).returncode
        return {0: "accepts", 1: "refuses"}.get(status, "silent")

    def _make_data(self) -> None:
        """Creates the cluster in data.new and renames it, so that a killed initdb leaves nothing incomplete."""
        log.info("Making a new database in %s with %s", self.home.path, self.programs)
        new = self.home.path / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        locale = ["--locale", "C.UTF-8" if sys.platform == "linux" else "C"]
        if self.programs.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        users = ["-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"]  # the folder's mode keeps others out
        self._run("initdb", "-D", str(new), "-E", "UTF8", *locale, *users)
        new.rename(self.home.data)

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self.programs.folder / name), *arguments]
        place = {"cwd": self.home.path, "env": ENVIRONMENT, **self.home.identity}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **place)
        if done.returncode:
            raise PostgresError(f"{name} failed ({done.returncode}):\n{done.stdout}{done.stderr}")

    def _spawn(self) -> subprocess.Popen:
        settings = {**SETTINGS, "unix_socket_directories": self.home.path, "unix_socket_permissions": "0700"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.home.log.open("a") as output:
            if output.tell() > LARGEST_LOG:
                output.truncate(0)
            self.home.chown(self.home.log)
            return subprocess.Popen(
                [self.programs.folder / "postgres", "-D", self.home.data, "-p", PORT, *options, *self.options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home.path,
                env={**ENVIRONMENT, "PG_GRANDPARENT_PID": self._stale_pid()},
                start_new_session=True,  # Ctrl-C must not reach the server; it is stopped when no process uses it
                **self.home.identity,
            )

    def _stale_pid(self) -> str:
        """Returns the process id of a server that was killed, or "0". Another program may have that id by now.

        It is passed as PG_GRANDPARENT_PID: PostgreSQL then ignores a lock file with this process id, but still
        refuses to start while a process of the old server uses its shared memory.
        """
        lock_file = self.home.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            if lines := lock_file.read_text().splitlines():
                return lines[0]
            lock_file.unlink()  # emptied by a crash of the machine: PostgreSQL would refuse to start
        return "0"

    def _end_of_log(self) -> str:
        lines = self.home.log.read_text(errors="replace").splitlines() if self.home.log.exists() else []
        return "\n".join([f"The end of {self.home.log}:", *lines[-8:]])


_servers: dict[Path, Server] = {}


def at(folder: Path, options: Sequence[str] = ()) -> Server:
    """Returns this process's one Server for `folder`; `leave` is called when the process ends."""
    if folder not in _servers:
        fresh = Server(folder, options)
        if _servers.setdefault(folder, fresh) is fresh:
            atexit.register(fresh.leave)
            os.register_at_fork(after_in_child=fresh.after_fork)
    return _servers[folder]


def _lock(folder: Path, kind: int) -> int:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, kind)
    except BaseException:
        os.close(lock)
        raise
    return lock
