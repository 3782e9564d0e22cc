"""Digests, and the three things that lead to a pending: the link's token, the inbox page's handle, the code.

The token is 128 random bits, kept as a SHA-256 to find its row and locked (see `encryption`) for the letter that
must carry it; the code is made from it one way. The handle is made from the answers, under SECRET_KEY, so that
an identical POST leads to the same page without a look at the table.
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

# Crockford's base32: no letter that is mistaken for a digit or another letter.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH, LONGEST_CODE, MOST_CODES = 8, 2000, 20
# The seconds when a key was made, how many DIGEST_KEYS made its digest, the digest.
_PAYLOAD = struct.Struct(">QB32s")
# What mail programs put around the end of a link: "=3D" or a bracket before it; anything behind it that can't
# belong to it, like ".", ")", ">" or a space.
_TOKEN, _KEY = (
    re.compile(rf"(?:=3D|[^A-Za-z0-9_-])*([A-Za-z0-9_-]{{{length}}})(?:[^A-Za-z0-9_-].*)?", re.DOTALL)
    for length in (22, 76)
)
_MISREAD = str.maketrans("OIL", "011")
_WORDS = re.compile(r"[^\W_]+")
_CONFIRM_LINK = re.compile(r"/confirm/(\S+)")


def digest(identity: str, keys: Iterable[str] | None = None) -> bytes:
    """32 bytes that stand for a mailbox: a chain of HMAC-SHA256 through DIGEST_KEYS, oldest first.

    A chain, because a new key can be laid over digests whose addresses nobody holds any more.
    `identity` is a mailbox in its one normal form (`inputs.email_address.Mailbox.identity`).
    """
    return lay(identity.encode(), settings.DIGEST_KEYS if keys is None else keys)


def lay(value: bytes, keys: Iterable[str]) -> bytes:
    """These keys laid over `value`, a digest or what is to become one."""
    for key in keys:
        value = hmac.digest(key.encode(), value, "sha256")
    return value


def sameness(fields: Iterable[object]) -> bytes:
    """32 bytes that are equal for equal answers, and tell nothing without SECRET_KEY."""
    text = "\0".join(str(field) for field in fields)
    return hmac.digest(b"pledges.crypto.tokens.same" + settings.SECRET_KEY.encode(), text.encode(), "sha256")


def fingerprint(secret: str) -> bytes:
    """What the database keeps of a token or a handle."""
    return hashlib.sha256(secret.encode()).digest()


def handle(same: bytes) -> str:
    """The inbox page's name for the answers of this `sameness`: 128 bits that only this server can make."""
    return hmac.digest(b"pledges.crypto.tokens.handle" + settings.SECRET_KEY.encode(), same, "sha256").hex()[
        :32
    ]


def token_in(text: str) -> str:
    """The token of a link to confirm, in the end of its address as a mail program left it; or ""."""
    return _found(_TOKEN, text)


def key_in(text: str) -> str:
    """The key (see `key`) in the end of a link's address as a mail program left it; or ""."""
    return _found(_KEY, text)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    return found[1] if found else ""


def code(token: str) -> str:
    """The short code of this token: 8 characters, 40 bits, safe by its few tries."""
    bits = int.from_bytes(hashlib.sha256(b"code " + token.encode()).digest()[:5], "big")
    return "".join(CODE_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))


def codes_in(typed: str) -> list[str]:
    """The well-formed codes in what was typed: neighbouring words of together eight characters of a code's alphabet.

    Case and width don't matter, nor what stands around or between, and O, I and L are 0, 1 and 1. A sentence holds
    more than one such place ("code CXM4 3Q0F"), so a try takes all: at most 20 of 2^40.
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


def token_pasted(typed: str) -> str:
    """The token of a link to confirm that was pasted in the place of a code, wrapped in another link or not; or ""."""
    found = _CONFIRM_LINK.search(unquote(typed))
    return token_in(found[1]) if found else ""


class TokenPurpose(StrEnum):
    """What a key opens: a key for one door is no key for another."""

    MINE = "mine"
    NEVER = "never"
    ALLOW = "allow"
    YEARLY = "yearly"


# A link to allow emails again lives a day longer than the pause between two such emails (`places.ALLOW_PAUSE`).
_LIVES = {
    TokenPurpose.MINE: timedelta(hours=1),
    TokenPurpose.NEVER: timedelta(days=400),
    TokenPurpose.ALLOW: timedelta(days=8),
    TokenPurpose.YEARLY: timedelta(days=400),
}


def key(door: TokenPurpose, digest: bytes) -> str:
    """A key for the mailbox of `digest`: 76 characters, encrypted, dated; nothing of it is stored.

    Encrypted, so that an email and a dump of the database without its keys can't be brought together. Before the
    digest stands how many DIGEST_KEYS made it.
    """
    made_at = int(timezone.now().timestamp())
    return encryption.wrap(_purpose(door), _PAYLOAD.pack(made_at, len(settings.DIGEST_KEYS), digest))


def opens(door: TokenPurpose, key: str) -> bytes | None:
    """The digest of the mailbox that `key` was made for; None where it is forged, too old, or another door's.

    Digest keys that came since are laid over it: a link in an old letter still leads to its mailbox.
    """
    payload = encryption.unwrap(_purpose(door), key)
    if payload is None:
        return None
    made_at, keys, digest = _PAYLOAD.unpack(payload)
    if timezone.now().timestamp() - made_at > _LIVES[door].total_seconds():
        return None
    return lay(digest, settings.DIGEST_KEYS[keys:])


def _purpose(door: TokenPurpose) -> str:
    return f"pledges.crypto.tokens.{door}"
