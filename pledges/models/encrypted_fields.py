"""Columns that depend on the server's keys. Their classes are how a new key finds all that it must change."""

from django.db import models


class DigestField(models.BinaryField):
    """The digest of a mailbox (`links.digest`); `digesting.lay` lays a new key over it."""


class EncryptedField(models.BinaryField):
    """What the server must read once more (`sealing.lock`); `sealing.reencrypt` locks it under the newest key."""


class DigestChain(models.Model):
    """Which digest keys the digests of this database were made with, one row: their number, and a fingerprint
    that tells none of them. A site with other keys would know nobody, and refuses to start.
    """

    keys = models.PositiveSmallIntegerField()
    fingerprint = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.keys} keys"
