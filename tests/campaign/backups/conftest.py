"""A folder for backups, and a backup in it."""

import os
import uuid

import pyrage
import pytest
from django.core.management import call_command

from campaign.backups import create as backups
from pledges.emails import queue
from pledges.models import QueuedEmail
from pledges.models.answers import ConfirmChoices
from tests.makers import ALICE, BOB, NOW, signed

KEY = pyrage.x25519.Identity.generate()


@pytest.fixture
def folder(settings, tmp_path):
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.BACKUP_PUBLIC_KEYS = [str(KEY.to_public())]
    (tmp_path / "key").write_text(f"# made by a test\n{KEY}\n")
    return settings.BACKUP_FOLDER


@pytest.fixture
def backup(folder):
    """Alice and Bob have signed, and a backup was made."""
    signed(ALICE, ConfirmChoices(public_name="Alice"))
    signed(BOB, ConfirmChoices(public_name="Bob"))
    queue.add(QueuedEmail.Kind.CONFIRM, uuid.uuid4(), ALICE, NOW, network="of a client")
    call_command("backup", stdout=open(os.devnull, "w"))  # noqa: SIM115
    [file] = backups.backups(folder)
    return file
