"""People sign and confirm on two web hosts with two workers behind PgBouncer (docs/growing.md); one of each is killed.

The two gunicorns stand for two hosts: a client that gets no answer from one asks the other, as a proxy would.
"""

import itertools
import os
import shutil
import signal
import subprocess
from http.client import HTTPConnection

import pytest

from campaign.embedded_postgres import server
from tests.chaos.serving import Gunicorn, report
from tests.chaos.test_emails import free_port
from tests.chaos.test_killing import PEOPLE, Worker, mail, sign_and_confirm  # noqa: F401 - a fixture
from tests.chaos.test_outages import database  # noqa: F401 - a fixture
from tests.chaos.test_page_cache import environment  # noqa: F401 - a fixture

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.chaos,
    pytest.mark.xdist_group("outages"),
    pytest.mark.skipif(not PGBOUNCER, reason="missing here: Debian's pgbouncer"),
]
CONFIGURATION = """
[databases]
postgres = host={socket} dbname=postgres user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
"""


class PgBouncer:
    """PgBouncer in transaction mode, with fewer connections than there are threads."""

    def __init__(self, database, folder):  # noqa: F811
        self.port, self.file = free_port(), folder / "pgbouncer.ini"
        socket = database[0].home.path
        self.user = socket.owner()  # who may enter the folder of PostgreSQL's socket
        self.file.write_text(CONFIGURATION.format(socket=socket, port=self.port, user=server.SUPERUSER))
        self.url = f"postgres://{server.SUPERUSER}@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self):
        as_another = ["-u", self.user] if os.geteuid() == 0 else []  # it does not run as root
        with self.file.open() as configuration:  # in a folder that no one may enter
            self.process = subprocess.Popen(
                [PGBOUNCER, "-q", *as_another, f"/dev/fd/{configuration.fileno()}"],
                pass_fds=[configuration.fileno()],
                stderr=subprocess.DEVNULL,
            )

    def crash(self):
        self.process.kill()
        self.process.wait()
        self.start()


class Hosts:
    """Two gunicorns; each request goes to the next one."""

    def __init__(self, folder, given):
        self.all = [Gunicorn(folder / f"web{n}.log", **given) for n in range(2)]
        self.turn = itertools.cycle(self.all)

    @property
    def address(self):
        return next(self.turn).address


@pytest.fixture
def pooler(database, tmp_path):  # noqa: F811
    pooler = PgBouncer(database, tmp_path)
    yield pooler
    pooler.process.kill()
    pooler.process.wait()


@pytest.fixture
def given(environment, mail, pooler):  # noqa: F811
    pooled = {"DATABASE_URL": pooler.url, "DATABASE_POOLER": "true"}
    return environment | pooled | {"WEB_CONCURRENCY": "2", "EMAIL_URL": mail.url, "EMAILS_A_MINUTE": "60000"}


@pytest.fixture
def hosts(given, tmp_path):
    hosts = Hosts(tmp_path, given)
    for site in hosts.all:
        asking = HTTPConnection(*site.address, timeout=60)
        asking.request("GET", "/healthz", headers={"Host": "pledge.example.org"})
        assert asking.getresponse().status == 200
    yield hosts
    for site in hosts.all:
        site.end()


@pytest.fixture
def workers(given, tmp_path):
    workers = [Worker(tmp_path / f"worker{n}.log", given) for n in range(2)]
    yield workers
    for worker in workers:
        worker.process.kill()


def kill_one_of_each(hosts, workers, pooler, ended):
    """Kills one web host for good; kills a worker and PgBouncer and starts them again, as systemd would."""
    pause = PEOPLE / 50 / 4
    for crash in [lambda: end_host(hosts.all[0]), workers[0].crash, pooler.crash]:
        if not ended.wait(pause):
            crash()


def end_host(site):
    for pid in [*site.workers, site.process.pid]:
        os.kill(pid, signal.SIGKILL)


def test_with_one_of_each_killed_no_signature_is_lost_and_no_email_doubled(
    database,  # noqa: F811
    hosts,
    workers,
    pooler,
    mail,  # noqa: F811
):
    signatures, mailboxes, doubled = sign_and_confirm(
        database, hosts, mail, lambda ended: kill_one_of_each(hosts, workers, pooler, ended), name="grown"
    )
    report(f"two hosts, PgBouncer: {PEOPLE} acknowledged, {signatures} stored, {doubled} emails doubled")
    assert signatures == mailboxes == PEOPLE
    assert doubled <= 1  # of the killed worker
