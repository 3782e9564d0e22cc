"""Three ways to keep something unreadable.

*Sealed* is for what the server itself must never read again: age, to the public keys of the campaign's
key holders, whose private halves are elsewhere. *Locked* is for what it must read once more, such as the
mailbox of a letter that waits: Fernet under a key made from SECRET_KEY, so that a dump alone tells nothing.
*Wrapped* is for what stands in a link and comes back with it: AES-SIV under a key made from SECRET_KEY.
All are called by name where they happen; no field does it in silence.
"""

import base64
import binascii
import json
import secrets
from functools import lru_cache

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Every sealed record of one size, so that its length doesn't tell a long name or address.
RECORD_BYTES = 2048


class DecryptionError(Exception):
    """What was to be unlocked was locked with a key that is no longer among SECRET_KEY."""


def seal(record: dict[str, str]) -> bytes:
    """`record` as padded JSON, readable only with a private key of the campaign.

    Raises ValueError where the record is too long for its fixed size: forms limit what goes in.
    """
    text = json.dumps(record, ensure_ascii=False).encode()
    if len(text) > RECORD_BYTES:
        raise ValueError(f"a record of {len(text)} bytes does not fit in {RECORD_BYTES}")
    return pyrage.encrypt(text.ljust(RECORD_BYTES), _recipients(tuple(settings.CAMPAIGN_PUBLIC_KEYS)))


def lock(text: str) -> bytes:
    return _fernet(*_server_keys()).encrypt(text.encode())


def decrypt(locked: bytes | memoryview | None) -> str:
    """What `lock` was given; raises Unreadable where no present key opens it, or where it was erased."""
    try:
        return _fernet(*_server_keys()).decrypt(bytes(locked or b"")).decode()
    except InvalidToken as error:
        raise DecryptionError("locked with a key that is not in SECRET_KEY") from error


def reencrypt(locked: bytes | memoryview) -> bytes:
    """The same under the newest key of SECRET_KEY; raises Unreadable as `decrypt` does."""
    try:
        return _fernet(*_server_keys()).rotate(bytes(locked))
    except InvalidToken as error:
        raise DecryptionError("locked with a key that is not in SECRET_KEY") from error


def wrap(purpose: str, data: bytes) -> str:
    """`data` encrypted as text for a link, without padding. The same data makes the same text."""
    text = base64.urlsafe_b64encode(_siv(settings.SECRET_KEY, purpose).encrypt(data, None))
    return text.decode().rstrip("=")


def unwrap(purpose: str, text: str) -> bytes | None:
    """What `wrap` was given for the same purpose; None where the text was altered, or its key is gone."""
    try:
        wrapped = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    for key in _server_keys():
        try:
            return _siv(key, purpose).decrypt(wrapped, None)
        except (InvalidTag, ValueError):
            continue
    return None


def random_token() -> str:
    """128 random bits, fit for a path."""
    return secrets.token_urlsafe(16)


def _server_keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=32)
def _siv(secret: str, purpose: str) -> AESSIV:
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
    return AESSIV(derived)


@lru_cache(maxsize=4)
def _fernet(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"pledges.crypto.encryption.lock").derive(
        key.encode()
    )
    return base64.urlsafe_b64encode(derived)


@lru_cache(maxsize=4)
def _recipients(public_keys: tuple[str, ...]) -> list:
    return [pyrage.x25519.Recipient.from_str(key) for key in public_keys]
