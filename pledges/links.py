"""Digests, and the three things that lead to a pending: the link's token, the inbox page's handle, the code.

The token is 128 random bits, kept as a SHA-256 to find its row and locked (see `sealing`) for the letter that
must carry it; the code is made from it one way. The handle is made from the answers, under SECRET_KEY, so that
an identical POST leads to the same page without a look at the table.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from urllib.parse import unquote

from django.conf import settings
from django.core import signing as seals

# Crockford's base32: no letter that is mistaken for a digit or another letter.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOKEN = re.compile(r"(?:=3D)?([A-Za-z0-9_-]{22})(?:[^A-Za-z0-9_-].*)?")
CODE_LENGTH, LONGEST_CODE, MOST_CODES = 8, 2000, 20
_MISREAD = str.maketrans("OIL", "011")
_WORDS = re.compile(r"[^\W_]+")
_CONFIRM_LINK = re.compile(r"/confirm/(\S+)")


def digest(identity: str, keys: Iterable[str] | None = None) -> bytes:
    """32 bytes that stand for a mailbox: a chain of HMAC-SHA256 through DIGEST_KEYS, oldest first.

    A chain, because a new key can be laid over digests whose addresses nobody holds any more.
    `identity` is a mailbox in its one normal form (`cleaning.Mailbox.identity`).
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
    return hmac.digest(b"pledges.links.same" + settings.SECRET_KEY.encode(), text.encode(), "sha256")


def fingerprint(secret: str) -> bytes:
    """What the database keeps of a token or a handle."""
    return hashlib.sha256(secret.encode()).digest()


def handle(same: bytes) -> str:
    """The inbox page's name for the answers of this `sameness`: 128 bits that only this server can make."""
    return hmac.digest(b"pledges.links.handle" + settings.SECRET_KEY.encode(), same, "sha256").hex()[:32]


def token_in(text: str) -> str:
    """The token in the end of a link, whatever a mail program put around it ("=3D", ">", "."); or ""."""
    found = _TOKEN.fullmatch(text)
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


class Door(StrEnum):
    """What a key opens: a key for one door is no key for another."""

    MINE = "mine"
    NEVER = "never"


_LIVES = {Door.MINE: timedelta(hours=1), Door.NEVER: timedelta(days=400)}


def key(door: Door, digest: bytes) -> str:
    """A key for the mailbox of `digest`, signed and dated, about 95 characters: nothing of it is stored.

    It names the digest, which tells nothing to who has no DIGEST_KEYS, and before it how many of them made it.
    """
    named = bytes([len(settings.DIGEST_KEYS)]) + digest
    return _locksmith(door).sign(base64.urlsafe_b64encode(named).decode())


def opens(door: Door, key: str) -> bytes | None:
    """The digest of the mailbox that `key` was made for; None where it is forged, too old, or another door's.

    Digest keys that came since are laid over it: a link in an old letter still leads to its mailbox.
    """
    try:
        text = _locksmith(door).unsign(key, max_age=_LIVES[door])
    except seals.BadSignature:
        return None
    named = base64.urlsafe_b64decode(text)
    return lay(named[1:], settings.DIGEST_KEYS[named[0] :])


def _locksmith(door: Door) -> seals.TimestampSigner:
    # "~" needs no escape in a path, and no mail program takes it for the end of a link.
    return seals.TimestampSigner(sep="~", salt=f"pledges.links.{door}")
