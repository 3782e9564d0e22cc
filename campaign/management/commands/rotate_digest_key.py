"""`manage.py rotate_digest_key`: applies a new digest key to every digest. How and when: docs/keys.md."""

import secrets
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pledges.offline.progress import Progress
from pledges.privacy import digest_key_chain


class Command(BaseCommand):
    help = (
        "Applies the keys that are new at the end of DIGEST_KEYS to every digest in the database, in one "
        "transaction. Stop the site and the worker first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new-key", action="store_true", help="only generate a key, to be put at the end of DIGEST_KEYS"
        )

    def handle(self, *args, new_key: bool, **options) -> None:
        if new_key:
            self.stdout.write(secrets.token_urlsafe(48))
            return
        try:
            new = digest_key_chain.new_keys()
        except digest_key_chain.WrongKeys as error:
            raise CommandError(
                "The keys that this database's digests were made with must come first in DIGEST_KEYS, all of "
                "them and in their order. Nothing was changed."
            ) from error
        if not new:
            self.stdout.write("Nothing to do: the digests were made with all of DIGEST_KEYS.")
        elif others := digest_key_chain.other_connections():
            raise CommandError(
                f"Stop the site and the worker first: {others} other connections to the database are open, "
                "and may be writing digests without the new key. Nothing was changed."
            )
        else:
            with Progress("rotation") as progress:
                progress.total = digest_key_chain.count_digests()
                changed = digest_key_chain.apply_new_keys(timezone.now(), progress.to)
            self.stdout.write(f"Applied {len(new)} more to {changed.total()} digests: {_figures(changed)}.")


def _figures(changed: dict[str, int]) -> str:
    return ", ".join(f"{count} in {table}" for table, count in changed.items())
