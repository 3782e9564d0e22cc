"""A made-up translation: each message with accents and a third longer, to find texts that are not translatable.

It replaces the English texts (`locale/en_GB` in another folder), so that every page has it.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from campaign import translation_sources

KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]+>|&\w+;)")
ACCENTS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "áƀçďéƒğĥíĵķłɱñóƥʠřšťúṽŵẋýž")
START, END = "⟦", "⟧"  # every message begins and ends so, and what does not is not translatable


def disguised(message: str) -> str:
    parts = KEPT.split(message)
    words = [part if KEPT.fullmatch(part) else part.lower().translate(ACCENTS) for part in parts]
    longer = "·" * (len(message) // 12) + " " + "ló ng " * (len(message) // 15)
    return f"{START}{''.join(words)}{longer.rstrip()}{END}"


def write(folder: Path) -> Path:
    """Writes the translation into this folder, for settings.LOCALE_PATHS."""
    catalog = Catalog(locale="en_GB")
    for message in translation_sources.everywhere():
        is_pair = not isinstance(message, str)
        catalog.add(message, tuple(map(disguised, message)) if is_pair else disguised(message))
    path = folder / "en_GB" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
    return folder
