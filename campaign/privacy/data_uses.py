"""Declares why each field of campaign's and of Django's own tables is stored, as `pledges.models.data_uses` does for
pledges.
"""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    ACCOUNTABLE,
    ADMINISTRATORS,
    ANYONE,
    INTEREST,
    SAME_DAY,
    SERVER,
    SIX_YEARS,
    WHILE_THE_SITE_RUNS,
    Table,
    Use,
)

WHO_DID_WHAT = _("To know who of our staff did what")
_WRONG_CODES = {
    "throttling_failure_timestamp throttling_failure_count": Use(
        _("How often a code was wrong, and when"), _("To slow down who guesses")
    )
}

VISITORS = [
    Table(
        "campaign.RateLimitCount",
        _("How often one network sent a form"),
        INTEREST,
        SAME_DAY,
        _("An hour or so; the key that scrambled it until its day is over"),
        {
            "key value expires_at": Use(
                _("A scrambled form of your network address, and a count"),
                _("To stop floods; nothing is stored for reading a page"),
            )
        },
    ),
    Table(
        "campaign.RateLimitSalt",
        _("The key that scrambles network addresses, another every day"),
        INTEREST,
        SERVER,
        _("Until an hour or so after its day is over"),
        {"salt day": Use(_("A random key, and its day"), _("So that nobody can tell later who came"))},
    ),
]

STAFF = [
    Table(
        "staff.StaffUser",
        _("Our staff"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        WHILE_THE_SITE_RUNS,
        {
            "email name": Use(_("Email address and name"), _("To sign in, and to know who decided")),
            "password": Use(_("A password, hashed"), _("To sign in"), readers=SERVER),
            "last_login joined_at": Use(_("When they joined and last signed in"), _("To see unused accounts")),
            "notices_from noticed_on": Use(
                _("Whether they want emails about what waits, and when the last was sent"),
                _("To send them one a day at most"),
            ),
            "is_staff is_active is_superuser": Use(_("What they may do"), _("To let them do it")),
        },
        "id ref session_version",
    ),
    Table(
        "otp_totp",
        _("The second factor of staff: the app on their phone"),
        ACCOUNTABLE,
        SERVER,
        WHILE_THE_SITE_RUNS,
        {
            "user name confirmed created_at last_used_at last_t": Use(
                _("Whose it is, and when it was made and last used"), _("To let nobody else in")
            ),
            **_WRONG_CODES,
        },
        "id key step t0 digits tolerance drift",
    ),
    Table(
        "campaign.AuthenticatorApp",
        _("The key of that app, locked"),
        ACCOUNTABLE,
        SERVER,
        WHILE_THE_SITE_RUNS,
        {"encrypted_key": Use(_("The key that the app shares with us"), _("To know the codes it shows"))},
        "totpdevice_ptr",
    ),
    Table(
        "otp_static",
        _("Codes on paper, for staff who lose their phone"),
        ACCOUNTABLE,
        SERVER,
        WHILE_THE_SITE_RUNS,
        {
            "user device name confirmed created_at last_used_at token": Use(
                _("Whose they are, and the codes that are left"), _("To let staff in once without the phone")
            ),
            **_WRONG_CODES,
        },
        "id",
    ),
    Table(
        "django_otp_webauthn.WebAuthnCredential",
        _("Passkeys of staff: their public halves"),
        ACCOUNTABLE,
        SERVER,
        WHILE_THE_SITE_RUNS,
        {
            "user name confirmed created_at last_used_at": Use(
                _("Whose it is, what they call it, when it was added and last used"), _("To let nobody else in")
            ),
            "credential_id credential_id_sha256 public_key sign_count transports aaguid discoverable "
            "backup_eligible backup_state": Use(
                _("The public key, and what the device says about itself"), _("To check what the passkey signs")
            ),
        },
        "id credential_type",
    ),
    Table(
        "django_otp_webauthn.WebAuthnUserHandle",
        _("The random number by which a device knows passkeys of one account"),
        ACCOUNTABLE,
        SERVER,
        WHILE_THE_SITE_RUNS,
        {"user handle_hex": Use(_("A random number, and whose it is"), _("So that a device has one passkey for it"))},
    ),
    Table(
        "staff.StaffUser_groups",
        _("The groups that staff belong to"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        WHILE_THE_SITE_RUNS,
        {"staffuser group": Use(_("Who belongs to which group"), _("To let them do what they may"))},
        "id",
    ),
    Table(
        "staff.StaffUser_user_permissions",
        _("What staff may do beside that"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        WHILE_THE_SITE_RUNS,
        {"staffuser permission": Use(_("Who may do what"), _("To let them do it"))},
        "id",
    ),
    Table(
        "campaign.CommandRun",
        _("Which commands were run on the server"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        SIX_YEARS,
        {"command ran_at": Use(_("The name of the command, and when; nobody's name or address"), WHO_DID_WHAT)},
        "id",
    ),
    Table(
        "admin.LogEntry",
        _("What staff did in the admin"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        SIX_YEARS,
        {
            "user action_time": Use(_("Who, and when"), WHO_DID_WHAT),
            "content_type object_id object_repr action_flag change_message": Use(
                _("Which row, and which fields were changed; no name of a supporter"), WHO_DID_WHAT
            ),
        },
        "id",
    ),
    Table(
        "sessions.Session",
        _("Staff who are signed in. Visitors and supporters have no session"),
        ACCOUNTABLE,
        SERVER,
        _("Until they sign out or the session ends"),
        {
            "session_key session_data expire_date": Use(
                _("Who is signed in, since when, until when, and in which family of browser (like Firefox)"),
                _("To stay signed in, and to see where one is"),
            )
        },
    ),
    Table(
        "reports",
        _("The report: its texts and how they were changed"),
        ACCOUNTABLE,
        ADMINISTRATORS,
        WHILE_THE_SITE_RUNS,
        {
            "author": Use(_("Who wrote the report"), _("To name its author"), readers=ANYONE),
            "history_user history_date recorded_by recorded_at": Use(
                _("Which member of staff changed what, and when"), WHO_DID_WHAT
            ),
        },
        "*",
    ),
]

NOTHING_PERSONAL = [
    Table(
        "django_otp_webauthn.WebAuthnAttestation",
        _("Which make of device holds a passkey: the library's table, which stays empty"),
        impersonal="*",
    ),
    Table("campaign.Backup", _("When backups were made"), impersonal="*"),
    Table("campaign.WorkerStatus", _("What the worker does"), impersonal="*"),
    Table("campaign.CertificateCheck", _("Until when our certificate is valid"), impersonal="*"),
    Table("auth", _("The names of groups and permissions"), impersonal="*"),
    Table("contenttypes", _("The names of our tables"), impersonal="*"),
]
