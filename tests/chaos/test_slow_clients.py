"""500 clients that send their form a byte at a time, through nginx as shipped, while other people sign and read."""

import asyncio
import os
import ssl
import statistics
import threading
import time

import pytest

from tests.chaos.serving import report
from tests.chaos.test_nginx import NAME
from tests.chaos.test_outages import database  # noqa: F401 - a fixture
from tests.chaos.test_page_cache import environment, proxy, site  # noqa: F401 - fixtures
from tests.chaos.test_upgrade import ask

pytestmark = [pytest.mark.chaos, pytest.mark.nginx, pytest.mark.xdist_group("outages")]
SLOW = 500
OTHERS = int(os.environ.get("CHAOS_OTHERS", "60"))
HEAD = f"POST /pledge/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\n".encode()


class SlowClients:
    """Clients that stay connected during the block, and send one byte of their form each second."""

    def __init__(self, proxy):  # noqa: F811
        self.proxy, self.ended, self.connected = proxy, threading.Event(), 0
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()))

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 60
        while self.connected < SLOW:
            assert time.monotonic() < deadline, f"{self.connected} are connected"
            time.sleep(0.1)
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.thread.join()

    async def run(self):
        context = ssl.create_default_context(cafile=self.proxy.folder / "fullchain.pem")
        await asyncio.gather(*(self.send_slowly(number, context) for number in range(SLOW)))

    async def send_slowly(self, number, context):
        _, writer = await asyncio.open_connection(
            *("127.0.0.1", self.proxy.tls_port),
            ssl=context,
            server_hostname=NAME,
            local_addr=(f"127.200.{number // 250}.{number % 250 + 1}", 0),
            ssl_handshake_timeout=60,
        )
        writer.write(HEAD)
        await writer.drain()
        self.connected += 1
        while not self.ended.is_set():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(1)
        writer.transport.abort()


def people(proxy, first):  # noqa: F811
    """Sends OTHERS requests; returns their statuses, and the seconds within which 95 % were answered."""
    statuses, seconds = [], []
    for number in range(first, first + OTHERS):
        began = time.monotonic()
        statuses.append(ask(proxy, NAME, number)[0])
        seconds.append(time.monotonic() - began)
    return set(statuses), statistics.quantiles(seconds, n=20)[-1]


def test_slow_clients_do_not_keep_others_from_the_site(proxy):  # noqa: F811
    alone = people(proxy, 0)
    with SlowClients(proxy) as slow:
        beside = people(proxy, OTHERS)
        assert slow.connected == SLOW
        assert slow.thread.is_alive()
    report(
        f"{SLOW} slow clients: 95 of 100 others had their answer in {beside[1] * 1000:.0f} ms, "
        f"without them in {alone[1] * 1000:.0f} ms"
    )
    assert alone[0] == beside[0] == {200, 303}
