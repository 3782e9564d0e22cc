"""Words that occur nowhere else (canaries), and a search for them in all places that a secret could have reached."""

import re
from collections.abc import Iterable, Iterator

from django.core.cache import cache
from django.db import connection

from pledges.crypto import encryption
from tests import dumping

PERSON = {
    "email": "Kanarie.Eins@example.org",
    "name": "Wilhelmina Quorncastle",
    "occupation": "Theremin tuner",
    "postcode": "ZE2 9XJ",
}
ADDRESS = "Wilhelmina Quorncastle\n77 Zanzibar Mews\nLerwick"
PUBLIC_NAME = "Perpetua Birdsong"
ORGANISATION = {
    "name": "Example Ferret Fanciers",
    "website": "https://fitchet.example.org",
    "signer_name": "Barnaby Zwickelhuber",
    "signer_role": "Grand Mustelid",
    "email": "kanarie.zwei@example.org",
}
# A part of each word that is searched for, without spaces and in lower case, as the searched text is.
WORDS = {
    "kanarie": "an address",
    "quorncastle": "a name",
    "theremin": "an occupation",
    "ze29xj": "a postcode",
    "zanzibar": "a postal address",
    "birdsong": "the public name",
    "ferret": "an organisation",
    "fitchet": "its website",
    "zwickelhuber": "who signs for it",
    "mustelid": "their role",
}


def in_text(text: str) -> set[str]:
    """Returns the names of the canaries that occur in `text`, in any spelling."""
    plain = re.sub(r"\s", "", text).casefold()
    return {what for word, what in WORDS.items() if word in plain}


def in_dump() -> set[str]:
    """Returns the canaries in a dump, as a backup or a thief would have it; bytes are decoded too."""
    dump = dumping.dump()
    in_bytes = [bytes.fromhex(digits).decode(errors="replace") for digits in re.findall(r"\\x([0-9a-f]+)", dump)]
    return in_text(" ".join([dump, *in_bytes]))


def in_cache() -> set[str]:
    return in_text(repr(vars(cache)))


def in_columns(*, unlocked: bool = False) -> dict[str, set[str]]:
    """Returns the canaries in each column of the database: {"table.column": {"a name", …}}.

    It reads every column of the schema, of any type. `unlocked` also decrypts what the server's key can decrypt; sealed
    records it can't.
    """
    found = {}
    for table, column, kind in _columns():
        values = _values(table, column, as_text=kind != "bytea")
        words = set().union(*(in_text(text) for text in _texts(values, unlocked)))
        if words:
            found[f"{table}.{column}"] = words
    return found


def _columns() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
        )
        return cursor.fetchall()


def _values(table: str, column: str, *, as_text: bool) -> list:
    with connection.cursor() as cursor:
        what = f'"{column}"::text' if as_text else f'"{column}"'
        cursor.execute(f'SELECT {what} FROM "{table}" WHERE "{column}" IS NOT NULL')
        return [value for (value,) in cursor.fetchall()]


def _texts(values: Iterable, unlocked: bool) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
            continue
        yield bytes(value).decode(errors="replace")
        if unlocked:
            try:
                yield encryption.decrypt(value)
            except encryption.DecryptionError:
                continue
