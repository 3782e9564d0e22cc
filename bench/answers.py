"""Measures whether the time of the answer to a form shows what is known of an address.

It sends POSTs of the sign form through all of WSGI, with the states of an address interleaved.
"""

import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.tables import Table, rounds, spread
from pledges.crypto import encryption, tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import EmailBlock, PendingSignature, PledgeText
from pledges.models.answers import ConfirmChoices, PersonAnswers
from pledges.my_pledge import withdrawal
from pledges.signing import service as signing

ROUNDS = 5
AIM = 5.0  # ms
# At most this many POSTs for each state, in at most this many seconds.
PAIRS, SECONDS = 1000, 120
QUICK_PAIRS, QUICK_SECONDS = 150, 10
FORM = "application/x-www-form-urlencoded"


def measure(quick: bool) -> Table:
    times = _interleaved(*((QUICK_PAIRS, QUICK_SECONDS) if quick else (PAIRS, SECONDS)))
    new, rows, largest = times["new"], [], 0.0
    for state, taken in times.items():
        apart = [theirs - its for theirs, its in zip(taken, new, strict=True)]
        largest = max(largest, abs(median(apart)))
        rows.append([state, f"{median(taken):.2f}", f"{median(apart):+.3f}", spread(rounds(apart, ROUNDS), "+.2f")])
    return Table(
        f"The answer to a sign POST, {len(new):,} for each state of an address, interleaved, in {ROUNDS} rounds",
        ["address", "median ms", "apart from new", "by round"],
        rows,
        f"No state is further than {largest:.3f} ms from a new address (aim: under {AIM:g} ms).",
    )


def _interleaved(pairs: int, seconds: float) -> dict[str, list[float]]:
    """Returns the milliseconds of each POST; the order of the states is random in each pair."""
    dice, clients, post = random.Random(8), one_client_each(), poster()  # noqa: S311
    for _ in range(20):  # connections, plans and caches warm up
        post("warm@example.org", next(clients))
    times: dict[str, list[float]] = {state: [] for state in STATES}
    began = time.monotonic()
    for n in range(pairs):
        if time.monotonic() - began > seconds:
            break
        with transaction.atomic():  # so that it waits for the disk only once
            addresses = {state: prepare(f"{state}-{n}@example.org") for state, prepare in STATES.items()}
        for state in dice.sample(list(STATES), len(STATES)):
            times[state].append(post(addresses[state], next(clients)))
    return times


def poster() -> Callable[[str, str], float]:
    client, path = Client(), reverse("pledges:sign")
    plain = {"postcode": "SW1P 2HR", "occupation": "Nurse", "name": "Sample Person", "by_email": "yes"}
    plain["pledge_text"] = str(PledgeText.objects.current(timezone.now()).number)

    def post(email: str, address: str) -> float:
        body = urlencode({**plain, "email": email})
        began = time.perf_counter()
        answer = client.post(path, body, content_type=FORM, REMOTE_ADDR=address)
        taken = (time.perf_counter() - began) * 1000
        if answer.status_code != 303:
            raise RuntimeError(f"a sign POST was answered with {answer.status_code}")
        return taken

    return post


def one_client_each() -> Iterator[str]:
    """Yields a new network address for each POST, so that no rate limit is measured."""
    return (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count())


def _new(email: str) -> str:
    return email


def _pending(email: str) -> str:
    signing.sign(_answers(email), timezone.now())
    return email


def _signed(email: str) -> str:
    _pending(email)
    now, digest = timezone.now(), tokens.digest(Mailbox(email).identity)
    token = encryption.decrypt(PendingSignature.objects.get(digest=digest).encrypted_token)
    signing.confirm(token, ConfirmChoices(), now)
    return email


def _withdrawn(email: str) -> str:
    _signed(email)
    withdrawal.withdraw(tokens.digest(Mailbox(email).identity), timezone.now())
    return email


def _blocked(email: str) -> str:
    EmailBlock.objects.create(digest=tokens.digest(Mailbox(email).identity), blocked_on=timezone.localdate())
    return email


def _answers(email: str) -> PersonAnswers:
    pledge_text = PledgeText.objects.current(timezone.now())
    return PersonAnswers(mailbox=Mailbox(email), pledge_text=pledge_text, by_email=True, region="wales")


STATES: dict[str, Callable[[str], str]] = {
    "new": _new,
    "pending": _pending,
    "signed": _signed,
    "withdrawn": _withdrawn,
    "blocked": _blocked,
}
