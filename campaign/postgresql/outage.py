"""Finds out within a second that the database is frozen or unreachable, so that no web thread waits for it.

It also finds out that the server takes no writes (a standby, or a managed server whose disk is full): then the next
connection looks for one that does.

A frozen server (stopped process, hung disk, lost network) neither answers nor closes its connections, and can't enforce
its own `statement_timeout`. So the client measures the silence: if a statement has no answer after PATIENCE seconds,
and no other thread of this process hears from the server either, one new connection is tried. If that gets no answer
within PROBE seconds, and still no other thread does, the outage begins: all waiting statements fail, and later ones
fail at once, until a thread that tries to connect twice a second succeeds.

A slow statement on a server that answers is no outage: it may take its `statement_timeout`. Silence is counted in
wake-ups of psycopg in which nothing had arrived, not by the clock: on a busy machine a process may wait longer for its
own turn than the server needs to answer.
"""

import threading
from collections.abc import Generator
from time import monotonic, sleep
from typing import Any, Self

import psycopg
from psycopg.waiting import Ready

PATIENCE, PROBE, CONNECT, RETRY = 0.5, 0.3, 0.8, 0.5  # seconds
WAKEUP = 0.1  # seconds after which psycopg wakes what waits for the server, if nothing has arrived


class DatabaseSilent(psycopg.OperationalError):
    """The database server does not answer."""

    def __init__(self) -> None:
        super().__init__("the database server does not answer")


class DatabaseReadOnly(psycopg.OperationalError):
    """The database server can be read and takes no writes."""

    def __init__(self) -> None:
        super().__init__("the database server takes no writes")


class Outage:
    """Whether this process regards the server as away. Statements are only given up after `watch()` was called (in
    wsgi).
    """

    def __init__(self) -> None:
        self.is_watched, self.is_on, self.heard = False, False, 0.0
        self.lock = threading.Lock()

    def watch(self) -> None:
        self.is_watched = True

    def begin(self, params: dict[str, Any]) -> None:
        """Makes every use of the database fail at once, until a thread finds that the server answers again."""
        with self.lock:
            if not self.is_on:
                self.is_on = True
                threading.Thread(target=self._wait_for_end, args=[params], daemon=True).start()

    def _wait_for_end(self, params: dict[str, Any]) -> None:
        while not Probe.is_answered(params):
            sleep(RETRY)
        self.is_on = False


outage = Outage()


class _Limited(psycopg.Connection):
    """A connection of psycopg that takes at most `limit` seconds to open. (libpq counts in whole seconds, at least
    two.)
    """

    limit = CONNECT

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        connecting = super()._connect_gen(conninfo)
        return (yield from _within(connecting, cls.limit)) if outage.is_watched else (yield from connecting)


class Connection(_Limited):
    """The connection that the site uses. After `outage.watch()` it gives up on a silent server.

    A server that takes no writes is an outage too, so that visitors get their form back (503). The connection is
    closed, since after a failover another of the hosts in DATABASE_URL may be the one that writes.
    """

    params: dict[str, Any] = {}

    @classmethod
    def connect(cls, conninfo: str = "", **params: Any) -> Self:
        if outage.is_on:
            raise DatabaseSilent
        try:
            connection = super().connect(conninfo, **params)
        except DatabaseSilent:
            outage.begin(params)
            raise
        connection.params = params
        return connection

    def wait(self, gen: Any, *args: Any, **named: Any) -> Any:
        try:
            return super().wait(self._watched(gen) if outage.is_watched else gen, *args, **named)
        except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.FeatureNotSupported) as error:
            # A standby has no unlogged tables, such as those of the rate limits: reading them is not supported there.
            is_standby = self.info.parameter_status("in_hot_standby") == "on"
            if isinstance(error, psycopg.errors.FeatureNotSupported) and not is_standby:
                raise
            self.close()
            raise DatabaseReadOnly from None

    def _watched(self, gen: Any) -> Generator[Any, Any, Any]:
        """Runs `gen` to its end. If the server is silent, closes this connection and raises DatabaseSilent."""
        silence = 0
        try:
            state = next(gen)
            while True:
                ready = yield state
                if ready == Ready.NONE:
                    silence += 1
                    self._give_up_after(silence)
                state = gen.send(ready)
        except StopIteration as end:
            outage.heard = monotonic()
            return end.value

    def _give_up_after(self, silence: int) -> None:
        """Raises DatabaseSilent if an outage is on, or begins because of so many wake-ups without an answer."""
        now = monotonic()
        if not outage.is_on and silence * WAKEUP >= PATIENCE and now > outage.heard + PATIENCE:
            if Probe.is_answered(self.params):
                outage.heard = monotonic()
            elif outage.heard < now:  # no other thread heard from the server in the meantime
                outage.begin(self.params)
        if outage.is_on:
            self.close()
            raise DatabaseSilent


class Probe(_Limited):
    """A connection that only finds out whether the server answers."""

    limit = PROBE

    @classmethod
    def is_answered(cls, params: dict[str, Any]) -> bool:
        """Whether the server answers within PROBE seconds; a refusal is an answer too."""
        try:
            cls.connect(**params).close()
        except psycopg.OperationalError as error:
            return not isinstance(error, DatabaseSilent)
        return True


def _within(gen: Any, seconds: float) -> Generator[Any, Any, Any]:
    """Runs `gen` to its end; raises DatabaseSilent after so many seconds in which nothing arrives."""
    silence = 0
    try:
        state = next(gen)
        while True:
            ready = yield state
            silence = silence + 1 if ready == Ready.NONE else 0
            if silence >= round(seconds / WAKEUP):
                raise DatabaseSilent
            state = gen.send(ready)
    except StopIteration as end:
        return end.value
