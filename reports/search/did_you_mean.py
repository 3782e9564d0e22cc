"""Suggests another spelling for a search that found nothing."""

import re

from django.db import connection

from reports.search.full_text import searched

WORD = re.compile(r"[^\W\d_]{3,}")
MOST_WORDS = 8
# pg_trgm's default: how similar two words must be, from 0 to 1.
ALIKE = 0.3
CLOSEST = """
SELECT word FROM unnest(%s::text[]) AS word
WHERE similarity(word, %s) >= %s ORDER BY similarity(word, %s) DESC, word LIMIT 1
"""


def suggestion(words: str) -> str:
    """Returns the search with each unknown word replaced by the most similar word of the published texts.

    Returns "" if no word is unknown or none is similar. Similarity is that of PostgreSQL's trigrams.
    """
    known = vocabulary()
    spelt = {word: closest(word, known) for word in unknown(words, known)}
    better = WORD.sub(lambda found: spelt.get(found[0].lower()) or found[0], words)
    return better if better != words else ""


def unknown(words: str, known: set[str]) -> list[str]:
    """Returns the first eight words of the search that are in no text."""
    asked = dict.fromkeys(word.lower() for word in WORD.findall(words))
    return [word for word in asked if word not in known][:MOST_WORDS]


def vocabulary() -> set[str]:
    """Returns every word of three letters or more of the published texts and the glossary, in lower case."""
    words: set[str] = set()
    for texts in searched():
        for row in texts.rows.values_list(*texts.names, *texts.texts):
            words.update(word.lower() for text in row for word in WORD.findall(text))
    return words


def closest(word: str, known: set[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(CLOSEST, [sorted(known), word, ALIKE, word])
        row = cursor.fetchone()
    return row[0] if row else ""
