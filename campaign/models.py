from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from pledges.crypto import encryption
from pledges.models import EncryptedField


class AuthenticatorApp(TOTPDevice):
    """An app that makes codes, a second factor. The library would keep its key readable; ours is locked, and what
    stands in the library's own column is random and opens nothing.
    """

    encrypted_key = EncryptedField(help_text="the key that the app shares with us, under the server key")

    @property
    def bin_key(self) -> bytes:
        return bytes.fromhex(encryption.decrypt(self.encrypted_key))


class RateLimitSalt(models.Model):
    """The random key of one day's client hashes. Once it is deleted, no hash leads back to an address."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)


class RateLimitCount(models.Model):
    """How often one client did one thing within one window; `key` is a hash of all three."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Backup(models.Model):
    """That a backup was made, as whatever makes them says by `manage.py record_backup`."""

    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.made_at)
