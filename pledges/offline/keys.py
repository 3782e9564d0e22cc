"""Key pairs of the campaign, in files that the program `age` reads and writes too."""

import os
from pathlib import Path

import pyrage

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how every identity begins


class NotAnIdentity(Exception):
    """The file contains no private key, or a damaged one."""


def make(path: Path) -> str:
    """Makes a key pair: writes the private key to a new file that only its owner can read; returns the public key.

    Raises FileExistsError: if a key were overwritten, every record sealed to it would be lost.
    """
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(f"# public key: {public}\n{identity}\n")
    return public


def read(path: Path) -> list[str]:
    """The private keys in a file; comments and empty lines are ignored."""
    lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines()]
    found = [line for line in lines if line.startswith(_SECRET)]
    if not found:
        raise NotAnIdentity(f"{path} has no private key: a line that begins with {_SECRET}")
    try:
        opened(found)
    except pyrage.IdentityError:
        raise NotAnIdentity(f"the private key in {path} is damaged") from None
    return found


def public(keys: list[str]) -> list[str]:
    """The public keys of these private keys."""
    return [str(identity.to_public()) for identity in opened(keys)]


def opened(keys: list[str]) -> list:
    return [pyrage.x25519.Identity.from_str(key) for key in keys]
