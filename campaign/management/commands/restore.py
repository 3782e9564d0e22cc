"""`manage.py restore FILE`: loads a backup into the site's database and brings it up to date. See docs/backups.md."""

import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.utils import timezone
from django.utils.timesince import timesince

from campaign.backups import after_restore
from campaign.backups import create as backups
from campaign.backups import load as loading
from campaign.management.commands.after_restore import lines
from campaign.postgresql import checks as database_checks
from pledges.offline.progress import Progress, duration
from pledges.privacy import digest_key_chain
from pledges.privacy.restore import BrokenList


class Command(BaseCommand):
    help = (
        "With site and worker stopped: makes the database if it is missing, loads a backup into it, compares every "
        "table, brings it up to this version, hides or erases again what was hidden or erased since, ends sessions "
        "and drops waiting emails. A database that holds something is never touched without --replace."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--identity", type=Path, required=True, help="the file with the private key")
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--list",
            type=Path,
            dest="list_files",
            action="append",
            help="a list of what is no longer public; by default those beside the backup",
        )
        which.add_argument("--without-list", action="store_true", help="there is none: see `after_restore`")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="the database holds something: keep it under another name (needs the right to make databases)",
        )

    def handle(self, *args, file: Path, identity: Path, replace: bool, **options) -> None:
        began = time.monotonic()
        try:
            key = loading.identity(identity)
            contents = loading.contents(file, key)
            self._refuse_newer(contents)
            lists = [] if options["without_list"] else self._lists(file, options["list_files"])
            self._restore(file, key, contents, lists, replace)
        except (loading.RestoreFailed, BrokenList, OSError) as error:
            raise CommandError(str(error)) from error
        except (Error, psycopg.Error) as error:
            raise CommandError(f"The database says: {str(error).strip()}") from error
        self.stdout.write(f"Restored in {duration(time.monotonic() - began)}. Start the site and the worker.")

    def _refuse_newer(self, contents: dict[str, Any]) -> None:
        if unknown := loading.unknown_migrations(contents["migrations"]):
            raise CommandError(
                f"The backup is of a newer version of the site, with {', '.join(unknown)}. Update the site first."
            )

    def _lists(self, file: Path, given: list[Path] | None) -> list[Path]:
        lists = given or backups.lists(file.parent)
        if not lists:
            raise CommandError(
                f"There is no list of what is no longer public in {file.parent}: name one with --list. With "
                "--without-list, people who withdrew after the backup are public again."
            )
        for list_file in lists:
            after_restore.made_at(list_file)
        return lists

    def _restore(self, file: Path, key: Any, contents: dict[str, Any], lists: list[Path], replace: bool) -> None:
        name = connection.settings_dict["NAME"]
        state = loading.state_of(name)
        target = f"{name}_restoring" if state == "full" else name
        if state == "full":
            self._refuse_full(name, replace)
            loading.drop_database(target)  # of an earlier run that failed
        if state != "empty":
            loading.make_database(target)
        connection.settings_dict["NAME"] = target
        try:
            self._fill(file, key, contents, lists, target)
        except BaseException:
            loading.remove_loaded(target, was_empty=state == "empty")
            raise
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
        if state == "full":
            aside = f"{name}_before_{timezone.now():%Y%m%dt%H%M%S}"
            loading.rename_databases((name, aside), (target, name))
            self.stdout.write(f"What the database held before is stored as {aside}: drop it within 35 days.")

    def _refuse_full(self, name: str, replace: bool) -> None:
        if not replace:
            raise CommandError(
                f"The database {name} is not empty: --replace keeps it under another name. Nothing was changed."
            )
        if others := digest_key_chain.other_connections():
            raise CommandError(
                f"Stop the site and the worker first: {others} other connections to the database are open. "
                "Nothing was changed."
            )

    def _fill(self, file: Path, key: Any, contents: dict[str, Any], lists: list[Path], target: str) -> None:
        made_at = datetime.fromisoformat(contents["made_at"])
        self.stdout.write(f"The backup was made {timesince(made_at)} ago, on {made_at:%d %B %Y at %H:%M} UTC.")
        loading.load(file, key, target)
        if differences := loading.differences(contents["tables"]):
            raise loading.RestoreFailed("Not all of the backup came back:\n" + "\n".join(differences))
        rows = sum(count for count, _checksum in contents["tables"].values())
        self.stdout.write(f"Loaded and compared: {rows} rows in {len(contents['tables'])} tables.")
        with Progress("checking sequences"):
            behind = loading.sequences_behind()
        if behind:
            raise loading.RestoreFailed(f"These sequences would give numbers twice: {', '.join(behind)}.")
        with Progress("bringing the tables up to date"):
            call_command("migrate", verbosity=0, interactive=False)
        now = timezone.now()
        wanted: list[Path | None] = [*lists] or [None]
        for list_file in wanted:
            for line in lines(after_restore.after_restore(list_file, now), now):
                self.stdout.write(line)
        if problem := database_checks.digest_keys_problem():
            self.stderr.write(f"Before the site starts: {problem.msg} {problem.hint}")
