"""Puts what was typed into a form, encrypted, into the URL of the inbox page, where it is valid for half an hour.

So the inbox page can show where the email goes, and fill in the form again if the address is to be changed, without a
cookie and without storing it. The same answers in the same minute give the same URL.
"""

import json
from datetime import datetime

from pledges.crypto import encryption

VALID_MINUTES = 30
_PURPOSE = "pledges.signing.prefill"


def pack(typed: dict[str, str], now: datetime) -> str:
    """Encrypts `typed` and the minute of `now`, as text for a URL."""
    text = _minute(now).to_bytes(4, "big") + json.dumps(typed, ensure_ascii=False).encode()
    return encryption.encrypt_for_url(_PURPOSE, text)


def unpack(packed: str, now: datetime) -> dict[str, str]:
    """Returns what `pack` was given; {} if it is older than half an hour or not valid."""
    text = encryption.decrypt_from_url(_PURPOSE, packed)
    if text is None or _minute(now) - int.from_bytes(text[:4], "big") > VALID_MINUTES:
        return {}
    return json.loads(text[4:])


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60
