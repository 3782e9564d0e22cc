"""Measures how long sealing a contact takes, and how long a key holder needs to open one."""

import base64
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import pyrage
from django.conf import settings

from bench.tables import Table, rounds, spread
from pledges.crypto import encryption
from pledges.offline import opening

ROUNDS = 5
AIM = 1.0  # ms
MILLION = 1_000_000
RECORD = {
    "ref": "00000000-0000-4000-8000-000000000000",
    "channel": "email",
    "date": "2026-06-01",
    "pledge_text": "1 (en)",
    "email": "sample.person@example.org",
    "name": "Sample Person",
    "occupation": "Sample occupation",
    "postcode": "SW1P 2HR",
}


def measure(quick: bool) -> Table:
    number = 500 if quick else 2000
    sealed = [_milliseconds(encryption.seal, RECORD) for _ in range(number)]
    opened = _opening(1000 if quick else 4000)
    return Table(
        f"Sealing {number:,} contacts to {len(settings.CAMPAIGN_PUBLIC_KEYS)} holders, and opening an export",
        ["", "median ms", "by round"],
        [
            ["seal a contact", f"{median(sealed):.2f}", spread(rounds(sealed, ROUNDS))],
            ["open a contact", f"{median(opened):.2f}", spread([[one] for one in opened])],
        ],
        f"Sealing holds a signature up by {median(sealed):.2f} ms (aim: under {AIM:g} ms); "
        f"{MILLION:,} contacts would be open in {median(opened) * MILLION / 60_000:.1f} minutes.",
    )


def _opening(number: int) -> list[float]:
    """Returns the milliseconds for each record of an export, by round, with all cores in use."""
    identity = pyrage.x25519.Identity.generate()
    text = pyrage.encrypt(json.dumps(RECORD).encode().ljust(encryption.RECORD_BYTES), [identity.to_public()])
    head = {"format": opening.FORMAT, "channel": "email", "pledge_texts": {}}
    kinds = [("export", head), *[("sealed", base64.b64encode(text).decode())] * number]
    export = [json.dumps({kind: value}).encode() for kind, value in kinds]
    return [_milliseconds(_open, export, str(identity)) / number for _ in range(3)]


def _open(export: list[bytes], key: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for _ in opening.tables(export, [key], Path(folder)):
            pass


def _milliseconds(act, *args) -> float:
    began = time.perf_counter()
    act(*args)
    return (time.perf_counter() - began) * 1000
