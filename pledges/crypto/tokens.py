"""Digests of mailboxes, and the secrets of pending signatures: the token of a link, the code, the inbox page's handle.

The token is 128 random bits. The database stores its SHA-256, to find the row, and the token itself encrypted, for the
email. The code is derived from the token and can't be reversed. The handle is derived from the answers and SECRET_KEY,
so that an identical POST leads to the same page without looking into the table.
"""

import hashlib
import hmac
import re
import struct
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from urllib.parse import unquote

from django.conf import settings
from django.utils import timezone

from pledges.crypto import encryption

# Crockford's base32: no letter in it looks like a digit or another letter.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH, LONGEST_CODE, MOST_CODES = 8, 2000, 20
# When a link key was made (Unix time), how many DIGEST_KEYS its digest was made with, and the digest.
_PAYLOAD = struct.Struct(">QB32s")
# The end of a link as mail programs may change it: "=3D" or a bracket before it, and after it any text that begins with
# a character which no token has, like ".", ")", ">" or a space.
_TOKEN, _LINK_KEY = (
    re.compile(rf"(?:=3D|[^A-Za-z0-9_-])*([A-Za-z0-9_-]{{{length}}})(?:[^A-Za-z0-9_-].*)?", re.DOTALL)
    for length in (22, 76)
)
_MISREAD = str.maketrans("OIL", "011")
_WORDS = re.compile(r"[^\W_]+")
_CONFIRM_LINK = re.compile(r"/confirm/(\S+)")


def digest(identity: str, keys: Iterable[str] | None = None) -> bytes:
    """Returns the 32 bytes by which a mailbox is found: HMAC-SHA256 with each of DIGEST_KEYS in turn, oldest first.

    Chained, so that a new key can be applied to stored digests whose addresses are not stored.
    `identity` is the normal form of an address (`inputs.email_address.Mailbox.identity`).
    """
    return extend_digest(identity.encode(), settings.DIGEST_KEYS if keys is None else keys)


def extend_digest(value: bytes, keys: Iterable[str]) -> bytes:
    """Applies HMAC-SHA256 with each of these keys in turn to `value`, a digest or an identity."""
    for key in keys:
        value = hmac.digest(key.encode(), value, "sha256")
    return value


def submission_hmac(fields: Iterable[object]) -> bytes:
    """Returns an HMAC of a form's answers, by which an identical form is recognised."""
    text = "\0".join(str(field) for field in fields)
    return hmac.digest(b"pledges.crypto.tokens.submission" + settings.SECRET_KEY.encode(), text.encode(), "sha256")


def hash_token(secret: str) -> bytes:
    """Returns the SHA-256 of a token or handle: what the database stores to find its row."""
    return hashlib.sha256(secret.encode()).digest()


def handle(submission: bytes) -> str:
    """Returns the part of the inbox page's URL for this `submission_hmac`: 128 bits that only this server can make."""
    key = b"pledges.crypto.tokens.handle" + settings.SECRET_KEY.encode()
    return hmac.digest(key, submission, "sha256").hex()[:32]


def token_in(text: str) -> str:
    """Returns the token in the end of a link to confirm, as a mail program may have changed it; "" if there is none."""
    return _found(_TOKEN, text)


def link_key_in(text: str) -> str:
    """Returns the link key in the end of a link, as a mail program may have changed it; "" if there is none."""
    return _found(_LINK_KEY, text)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    return found[1] if found else ""


def code(token: str) -> str:
    """Returns the short code of this token: 8 characters, 40 bits; few tries are allowed, so it can't be guessed."""
    bits = int.from_bytes(hashlib.sha256(b"code " + token.encode()).digest()[:5], "big")
    return "".join(CODE_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))


def codes_in(typed: str) -> list[str]:
    """Returns the possible codes in what was typed: each run of words that makes up eight characters of the alphabet.

    Upper and lower case, full-width characters and punctuation make no difference; O, I and L are read as 0, 1 and 1.
    A sentence can hold more than one possible code ("code CXM4 3Q0F"). One try checks all of them, at most 20 of 2^40.
    """
    words = _WORDS.findall(unicodedata.normalize("NFKC", typed[:LONGEST_CODE]).upper().translate(_MISREAD))
    found: dict[str, None] = {}
    for first in range(len(words)):
        whole = ""
        for word in words[first:]:
            whole += word
            if len(whole) >= CODE_LENGTH:
                break
        if len(whole) == CODE_LENGTH and set(whole) <= set(CODE_ALPHABET):
            found[whole] = None
    return list(found)[-MOST_CODES:]


def code_matches(typed: str, token: str) -> bool:
    """Whether the token's code is among those in `typed`."""
    right = code(token).encode()
    return any(hmac.compare_digest(one.encode(), right) for one in codes_in(typed))


def pasted_token(typed: str) -> str:
    """Returns the token of a link to confirm that was pasted instead of a code, also inside another link; or ""."""
    found = _CONFIRM_LINK.search(unquote(typed))
    return token_in(found[1]) if found else ""


class TokenPurpose(StrEnum):
    """The page that a link key gives access to, as in its URL: the key of one is not valid for another."""

    MINE = "mine"
    NEVER = "never"
    ALLOW = "allow"
    YEARLY = "yearly"


# A link to allow emails again is valid a day longer than the pause between two such emails
# (mailbox_limits.ALLOW_PAUSE).
_LIFETIMES = {
    TokenPurpose.MINE: timedelta(hours=1),
    TokenPurpose.NEVER: timedelta(days=400),
    TokenPurpose.ALLOW: timedelta(days=8),
    TokenPurpose.YEARLY: timedelta(days=400),
}


def link_key(purpose: TokenPurpose, digest: bytes) -> str:
    """Returns the key in a link for the mailbox of `digest`: 76 characters, encrypted and dated. It is not stored.

    Encrypted, so that an email and a dump of the database without the server's keys can't be matched.
    """
    made_at = int(timezone.now().timestamp())
    return encryption.encrypt_for_url(_info(purpose), _PAYLOAD.pack(made_at, len(settings.DIGEST_KEYS), digest))


def digest_of_link_key(purpose: TokenPurpose, key: str) -> bytes | None:
    """Returns the digest that `key` was made for; None if the key is forged, too old, or for another purpose.

    Applies the digest keys that were added since, so that a link in an old email still leads to its mailbox.
    """
    payload = encryption.decrypt_from_url(_info(purpose), key)
    if payload is None:
        return None
    made_at, keys, digest = _PAYLOAD.unpack(payload)
    if timezone.now().timestamp() - made_at > _LIFETIMES[purpose].total_seconds():
        return None
    return extend_digest(digest, settings.DIGEST_KEYS[keys:])


def _info(purpose: TokenPurpose) -> str:
    return f"pledges.crypto.tokens.{purpose}"
