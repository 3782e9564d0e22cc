from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# Each registers how its emails are composed.
EMAILS = ["signing.emails", "my_pledge.emails", "organisations.emails", "complaints.service"]


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        """Imports what needs the models, which are loaded only now."""
        for module in EMAILS:
            import_module(f"pledges.{module}")
        chain = import_module("pledges.privacy.digest_key_chain")
        post_migrate.connect(chain.record_first_keys, sender=self)
