"""The tables of the campaign app: authenticator apps, rate limits, backups, worker, certificate, commands."""

from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from pledges.crypto import encryption
from pledges.models import EncryptedField


class AuthenticatorApp(TOTPDevice):
    """An app that makes codes (TOTP), as a second factor.

    Its key is encrypted here. The column of the library, which is not encrypted, has a random value that is never used.
    """

    encrypted_key = EncryptedField(help_text="the key that the app shares with us, under the server key")

    @property
    def bin_key(self) -> bytes:
        return bytes.fromhex(encryption.decrypt(self.encrypted_key))


class RateLimitSalt(models.Model):
    """The random key of one day's client hashes. Once it is deleted, no hash can be traced back to an address."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)


class RateLimitCount(models.Model):
    """How often one client sent one form within an hour; `key` is a hash of the form's name and the client's hash."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Backup(models.Model):
    """When a backup was made. `manage.py record_backup` writes it."""

    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.made_at)


class WorkerStatus(models.Model):
    """One row: the last heartbeat of the worker, what it is doing, and the last failure of the mail server.

    `campaign.monitoring.heartbeat` writes it; the overview, `/readyz.json` and `manage.py watch` read it.
    """

    beat_at = models.DateTimeField()
    duty = models.CharField(max_length=40, help_text="the function that runs, or the one that ran last")
    duty_since = models.DateTimeField()
    clock_before = models.DateTimeField(null=True, help_text="the clock at the heartbeat before its last jump")
    clock_jumped_at = models.DateTimeField(null=True, help_text="the clock at the first heartbeat after it")
    mail_failed_at = models.DateTimeField(null=True, help_text="when the mail server was last away or refused us")
    mail_failure = models.CharField(
        max_length=80, blank=True, default="", help_text="the kind of error and the SMTP code, no words of the server"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="one_worker_status", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.duty} {self.beat_at}"


class CertificateCheck(models.Model):
    """One row: until when the TLS certificate of the site is valid, as `manage.py watch` last saw it."""

    valid_until = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_certificate_check", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(self.valid_until)


class CommandRun(models.Model):
    """A command that changes something was run on the server's command line, where no one signs in."""

    command = models.CharField(max_length=40)
    ran_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.command} {self.pk}"
