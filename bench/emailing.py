"""Measures how many emails one worker process hands to a local mail server, and what each costs the database."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from bench.tables import Goal, Table
from pledges.emails import sending
from pledges.inputs.email_address import Mailbox
from pledges.models import PledgeText
from pledges.models.answers import PersonAnswers
from pledges.signing import service as signing
from tests.conftest import program

RATE, STATEMENTS, GROWTH = 250, 1.0, 5  # emails a second, statements an email, MiB
EMAILS, QUICK_EMAILS = 20_000, 2_000
BATCH = 200
SINK = program("smtp-sink")
# A slower mail server in Python, in its own process, if smtp-sink of Debian's postfix is missing.
FALLBACK = """
import socketserver
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda words: self.wfile.write(words + b"\\r\\n")
        say(b"220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say(b"354 go on")
                while self.rfile.readline() not in (b".\\r\\n", b""):
                    pass
            if verb == b"QUIT":
                return say(b"221 bye")
            say(b"250 ok")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
import sys
Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
"""


def measure(quick: bool) -> Table:
    number, now = (QUICK_EMAILS if quick else EMAILS), timezone.now()
    _sign(number, now)
    with (
        sink() as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_HOST_USER="",
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
        ),
    ):
        with CaptureQueriesContext(connection) as queries:
            sent = sending.send_due(now, BATCH)
        statements = len(queries) / sent
        reset_queries()
        before, began, sent = _memory(), time.perf_counter(), 0
        while some := sending.send_due(now, BATCH):
            sent += some
        rate, growth = sent / (time.perf_counter() - began), _memory() - before
    goals = [
        Goal("emails, one worker process", f"≥ {RATE} a second", f"{rate:,.0f}", rate >= RATE),
        Goal("statements an email", f"≤ {STATEMENTS:g}", f"{statements:.2f}", statements <= STATEMENTS),
        Goal(f"memory over {number:,} emails", f"grows ≤ {GROWTH} MiB", f"{growth:.1f}", growth <= GROWTH),
    ]
    return Table(
        f"{number:,} emails to {'smtp-sink' if SINK else 'a mail server in Python'}, batches of {BATCH}",
        ["emails a second", "statements an email", "memory grew by MiB"],
        [[f"{rate:,.0f}", f"{statements:.2f}", f"{growth:.1f}"]],
        f"One worker process sends {rate:,.0f} emails a second (goal: {RATE}).",
        goals,
    )


def _memory() -> float:
    """Returns the most memory that this process has used so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _sign(number: int, now) -> None:
    pledge_text = PledgeText.objects.get(number=1)
    with transaction.atomic():
        for n in range(number):
            mailbox = Mailbox(f"person{n}@example.org")
            signing.sign(PersonAnswers(mailbox=mailbox, pledge_text=pledge_text, by_email=False), now)


@contextmanager
def sink() -> Iterator[int]:
    """Runs a mail server on loopback that accepts and discards everything; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    if SINK:
        command = [SINK, "-u", "nobody", f"127.0.0.1:{port}", "100"]
    else:
        command = [sys.executable, "-c", FALLBACK, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
