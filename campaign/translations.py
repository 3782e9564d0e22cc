"""Compiles the files in `locale/` (.po to .mo), and tells which of them no speaker has read.

`python -m campaign.translations` compiles all of them. It only needs Babel, so no machine needs GNU gettext.
"""

import hashlib
import os
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"
READERS = LOCALE / "readers.toml"


def source(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_all() -> None:
    """Writes the .mo file beside each .po file that is newer, without fuzzy messages: pages show those in English."""
    for written in catalogues():
        compiled = written.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= written.stat().st_mtime:
            continue
        fresh = compiled.with_suffix(f".{os.getpid()}")
        with written.open("rb") as text, fresh.open("wb") as binary:
            write_mo(binary, read_po(text, locale=written.parts[-3]))
        fresh.replace(compiled)  # of two processes both write the whole file


def digest(language: str) -> str:
    """Returns a digest of a translation, which changes with every message and every translation of one."""
    with source(language).open("rb") as text:
        messages = sorted(
            repr((message.id, message.string)) for message in read_po(text, locale=language) if message.id
        )
    return hashlib.sha256(repr(messages).encode()).hexdigest()[:16]


@cache
def is_draft(language: str) -> bool:
    """Whether no speaker has read the translation as it is now, according to `locale/readers.toml`."""
    readers = tomllib.loads(READERS.read_text())
    return readers.get(language, {}).get("digest") != digest(language)


@cache
def is_stale(language: str) -> bool:
    """Whether some English texts are newer than their translation or have none: pages then show them in English."""
    with source(language).open("rb") as text:
        return any(message.id and (message.fuzzy or not message.string) for message in read_po(text))


if __name__ == "__main__":
    compile_all()
