from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# The folders whose module `emails` registers how their emails are composed.
EMAILS = ["signing", "my_pledge", "organisations", "phone_requests", "complaints"]


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        """Imports modules that need the models, which are loaded only now."""
        for folder in EMAILS:
            import_module(f"pledges.{folder}.emails")
        chain = import_module("pledges.privacy.digest_key_chain")
        post_migrate.connect(chain.record_first_keys, sender=self)
