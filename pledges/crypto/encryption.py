"""Three kinds of encryption: `seal`, `encrypt` and `encrypt_for_url`.

`seal` is for what the server must never read again: age, to the public keys of the campaign's key holders, whose
private keys are not on the server. `encrypt` is for what the server reads again, such as the address of a queued email:
Fernet with a key derived from SECRET_KEY, so that a dump of the database alone is unreadable. `encrypt_for_url` is for
data in a link that comes back with the request: AES-SIV with a key derived from SECRET_KEY.
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

# All sealed records have this size, so that the length of one does not show how long its name or address is.
RECORD_BYTES = 2048


class DecryptionError(Exception):
    """The data was encrypted with a key that is not in SECRET_KEY."""


def seal(record: dict[str, str]) -> bytes:
    """Encrypts `record`, as padded JSON, so that only a private key of the campaign decrypts it.

    Raises ValueError if the record is longer than RECORD_BYTES; the forms limit their fields so that none is.
    """
    text = json.dumps(record, ensure_ascii=False).encode()
    if len(text) > RECORD_BYTES:
        raise ValueError(f"a record of {len(text)} bytes does not fit in {RECORD_BYTES}")
    return pyrage.encrypt(text.ljust(RECORD_BYTES), _recipients(tuple(settings.CAMPAIGN_PUBLIC_KEYS)))


def encrypt(text: str) -> bytes:
    """Encrypts `text` with the newest SECRET_KEY."""
    return _fernet(*_server_keys()).encrypt(text.encode())


def decrypt(encrypted: bytes | memoryview | None) -> str:
    """Returns the text that `encrypt` was given; raises DecryptionError if no key of SECRET_KEY decrypts it."""
    try:
        return _fernet(*_server_keys()).decrypt(bytes(encrypted or b"")).decode()
    except InvalidToken as error:
        raise DecryptionError("encrypted with a key that is not in SECRET_KEY") from error


def reencrypt(encrypted: bytes | memoryview) -> bytes:
    """Encrypts the same text with the newest SECRET_KEY; raises DecryptionError as `decrypt` does."""
    try:
        return _fernet(*_server_keys()).rotate(bytes(encrypted))
    except InvalidToken as error:
        raise DecryptionError("encrypted with a key that is not in SECRET_KEY") from error


def encrypt_for_url(purpose: str, data: bytes) -> str:
    """Encrypts `data` as text for a URL, without padding. The same data gives the same text."""
    text = base64.urlsafe_b64encode(_siv(settings.SECRET_KEY, purpose).encrypt(data, None))
    return text.decode().rstrip("=")


def decrypt_from_url(purpose: str, text: str) -> bytes | None:
    """Returns what `encrypt_for_url` was given for this purpose; None if the text was altered or its key is unknown."""
    try:
        encrypted = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    for key in _server_keys():
        try:
            return _siv(key, purpose).decrypt(encrypted, None)
        except (InvalidTag, ValueError):
            continue
    return None


def random_token() -> str:
    """Returns 128 random bits as text that is safe in a URL path."""
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
    derived = HKDF(SHA256(), length=32, salt=None, info=b"pledges.crypto.encryption.encrypt").derive(key.encode())
    return base64.urlsafe_b64encode(derived)


@lru_cache(maxsize=4)
def _recipients(public_keys: tuple[str, ...]) -> list:
    return [pyrage.x25519.Recipient.from_str(key) for key in public_keys]
