"""Generates the keys of the demo (DEBUG on) in `var/demo/`, once; they are never in the repository."""

import secrets as random
from collections.abc import Callable
from pathlib import Path

import pyrage

FOLDER = Path(__file__).resolve().parents[2] / "var" / "demo"


def stored(name: str, make: Callable[[], str]) -> str:
    """Returns the text of the file `var/demo/<name>`. On first use writes what `make` returns; only its owner can read
    it.
    """
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{name}.{random.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        try:
            path.hardlink_to(fresh)  # of two processes the first wins, and neither reads half a key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def secrets(name: str) -> list[str]:
    """One random secret for the setting `name`."""
    return [stored(name, lambda: random.token_urlsafe(48))]


def public_keys() -> list[str]:
    """The age recipients of the demo's two key holders; their private keys are in the same folder."""
    identities = (
        stored(f"{holder}.key", lambda: str(pyrage.x25519.Identity.generate())) for holder in ("first", "second")
    )
    return [str(pyrage.x25519.Identity.from_str(identity).to_public()) for identity in identities]
