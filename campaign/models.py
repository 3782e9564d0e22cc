import unicodedata

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from pledges import sealing
from pledges.models import LockedField


def account_name(typed: str) -> str:
    """The one spelling of an account's email, whatever was typed: NFKC, no case, no spaces around.

    Accounts are stored, looked up and counted (campaign.desk.signing_in) by it, so that no other spelling of an
    account has a limit of its own.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold()).strip()


class StaffUserManager(BaseUserManager["StaffUser"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "StaffUser":
        user = self.model(email=account_name(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "StaffUser":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "StaffUser":
        return self.get(email=account_name(username or ""))


class StaffUser(AbstractBaseUser, PermissionsMixin):
    """Somebody of the campaign who may enter the admin. Supporters have no accounts."""

    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Staff are deactivated, never deleted.")
    )
    locks = models.PositiveIntegerField(
        default=0, editable=False, help_text="raised when the second factor changes: earlier sessions end"
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    objects = StaffUserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        permissions = [
            ("view_overview", _("Can see the overview")),
            ("view_totals", _("Can see exact totals on the overview")),
        ]

    def __str__(self) -> str:
        return self.get_short_name()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """What Django applies to the email of every form that makes or changes an account."""
        return account_name(username)

    def get_short_name(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: it ends when the password changes or the second factor does."""
        bound = f"{self.password} {self.locks}"
        return salted_hmac("campaign.StaffUser.session", bound, secret=secret, algorithm="sha256").hexdigest()


class CodeApp(TOTPDevice):
    """An app that makes codes, a second factor. The library would keep its key readable; ours is locked, and what
    stands in the library's own column is random and opens nothing.
    """

    locked_key = LockedField(help_text="the key that the app shares with us, under the server key")

    @property
    def bin_key(self) -> bytes:
        return bytes.fromhex(sealing.unlock(self.locked_key))


class LimitSalt(models.Model):
    """The random key of one day's client hashes. Once it is deleted, no hash leads back to an address."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)


class LimitCount(models.Model):
    """How often one client did one thing within one window; `key` is a hash of all three."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Backup(models.Model):
    """That a backup was made, as whatever makes them says by `manage.py backup_made`."""

    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.made_at)
