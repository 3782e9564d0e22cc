"""Records for the log of staff acts that a command which changes something was run on the server's command line."""

from collections.abc import Sequence

from django.apps import apps
from django.utils import timezone

# Our commands and Django's. `export_contacts` and `reset_second_factor` write their own records, which name an account.
_RECORDED = """after_restore changepassword createsuperuser dbshell erase_expired flush import_unsubscribes load_report
    load_samples loaddata reencrypt restore rotate_digest_key shell unblock_email"""
RECORDED = frozenset(_RECORDED.split())
WITHOUT_EFFECT = frozenset({"--diff", "--dry-run", "--list", "--new-key"})


def record(arguments: Sequence[str]) -> None:
    """Records the name of a command that has succeeded, without its arguments: they may contain someone's address."""
    name = arguments[1] if len(arguments) > 1 else ""
    if name in RECORDED and WITHOUT_EFFECT.isdisjoint(arguments):
        apps.get_model("campaign", "CommandRun").objects.create(command=name, ran_at=timezone.now())
