"""Records that a command which changes something was run on the server's command line, for the log of staff acts."""

from collections.abc import Sequence

from django.apps import apps
from django.utils import timezone

# Of ours and Django's. `export_contacts` and `reset_second_factor` write records of their own, which name an account.
_RECORDED = """after_restore changepassword createsuperuser dbshell erase_expired flush import_unsubscribes load_report
    load_samples loaddata reencrypt restore rotate_digest_key shell unblock_email"""
RECORDED = frozenset(_RECORDED.split())
WITHOUT_EFFECT = frozenset({"--diff", "--dry-run", "--list", "--new-key"})


def record(arguments: Sequence[str]) -> None:
    """Records a command that has succeeded, by its name alone: what it was given may be somebody's address."""
    name = arguments[1] if len(arguments) > 1 else ""
    if name in RECORDED and WITHOUT_EFFECT.isdisjoint(arguments):
        apps.get_model("campaign", "CommandRun").objects.create(command=name, ran_at=timezone.now())
