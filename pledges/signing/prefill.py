"""What was typed into a form, carried for half an hour in the address of the page that follows, encrypted.

The inbox page shows from it where the email goes, and fills the form again if the address is to be changed:
without a cookie, and without a row in the database that would hold it. AES-SIV, as for the keys of the list's
pages: the same answers in the same minute make the same address. Only the server can read it.
"""

import base64
import json
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

LIVES = 30  # minutes


def pack(typed: dict[str, str], now: datetime) -> str:
    """`typed` and the minute of `now`, encrypted, in letters that fit into a path."""
    text = _minute(now).to_bytes(4, "big") + json.dumps(typed, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_cipher(settings.SECRET_KEY).encrypt(text, None)).decode().rstrip("=")


def unpack(packed: str, now: datetime) -> dict[str, str]:
    """What `pack` was given; {} where that was longer ago than half an hour, or never."""
    try:
        whole = base64.urlsafe_b64decode(packed.encode() + b"=" * (-len(packed) % 4))
        text = _cipher(settings.SECRET_KEY).decrypt(whole, None)
    except (ValueError, InvalidTag):
        return {}
    is_over = _minute(now) - int.from_bytes(text[:4], "big") > LIVES
    return {} if is_over else json.loads(text[4:])


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // 60


@lru_cache(maxsize=2)
def _cipher(secret: str) -> AESSIV:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"pledges.signing.prefill").derive(secret.encode())
    return AESSIV(derived)
