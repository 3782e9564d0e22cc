"""All settings, read from the environment or the file that SITE_SETTINGS names (campaign.settings_file).

README.md lists each with its default and meaning. If a required setting is missing, the site does not start and names
it. Only the demo (DEBUG on) has defaults for those.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from campaign import log_format, settings_file
from campaign.demo import keys
from campaign.settings_file import env
from pledges import languages

BASE_DIR = Path(__file__).resolve().parent.parent
REQUIRED = environ.Env.NOTSET  # no default: without a value the site does not start

DEBUG = env.bool("DEBUG", default=False)
PORT = env.str("PORT", default="8000")
# In the demo `localhost`: browsers allow no passkeys on 127.0.0.1.
SITE_ORIGIN = env.str("SITE_ORIGIN", default=f"http://localhost:{PORT}" if DEBUG else REQUIRED)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])

# Secrets. Lists, so that a new key can be added while the old one still decrypts.
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY", default=keys.secrets("secret_key") if DEBUG else REQUIRED
) or [""]
DIGEST_KEYS = env.list("DIGEST_KEYS", default=keys.secrets("digest_keys") if DEBUG else REQUIRED)
CAMPAIGN_PUBLIC_KEYS = env.list("CAMPAIGN_PUBLIC_KEYS", default=keys.public_keys() if DEBUG else REQUIRED)
BACKUP_PUBLIC_KEYS = env.list("BACKUP_PUBLIC_KEYS", default=[])
_backups = BASE_DIR / "var/backups" if DEBUG else "/var/backups/care-dont-share"
BACKUP_FOLDER = Path(env.str("BACKUP_FOLDER", default=str(_backups)))
BACKUP_COMMAND = env.str("BACKUP_COMMAND", default="")

CAMPAIGN_ENDS = env.str("CAMPAIGN_ENDS", default="2028-12-31")
# A sentence at the top of every public page, for something that all visitors must know now; empty: none.
NOTICE = env.str("NOTICE", default="")
# Hours from the day on which a public name was given until it is shown; until then only staff see it.
PUBLIC_NAME_DELAY_HOURS = env.int("PUBLIC_NAME_DELAY_HOURS", default=0 if DEBUG else 24)
KEEP_CONTACT_MONTHS = env.int("KEEP_CONTACT_MONTHS", default=24)
# How many proxies of our own are in front: the client's address is this many places from the right in X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# The controller, as pages and emails name it.
CONTROLLER = {
    "name": env.str("CONTROLLER_NAME", default="Liberty"),
    "address": env.str("CONTROLLER_ADDRESS", default="Liberty House, 26-30 Strutton Ground, London SW1P 2HR"),
    "phone": env.str("CONTROLLER_PHONE", default="0207 378 3663"),
    # Where complaints go: a mailbox that is read every day.
    "email": env.str("CONTROLLER_EMAIL", default="privacy@example.org" if DEBUG else REQUIRED),
    "company": env.str("CONTROLLER_COMPANY", default="03260840"),
    "ico": env.str("CONTROLLER_ICO", default="Z9169103"),
}

# Where vulnerabilities are reported: `/.well-known/security.txt`.
SECURITY_EMAIL = env.str("SECURITY_EMAIL", default=CONTROLLER["email"])

# The processors: who handles people's data for the controller, and how: "Name: what; Name: what".
PROCESSORS = dict(
    [part.strip() for part in one.partition(":")[::2]]
    for one in env.str("PROCESSORS", default="").split(";")
    if one.strip()
)

# Whom journalists ask, and where corrections go.
PRESS = {
    "name": env.str("PRESS_NAME", default="Press office"),
    "email": env.str("PRESS_EMAIL", default="press@example.org" if DEBUG else ""),
    "phone": env.str("PRESS_PHONE", default=""),
    "hours": env.str("PRESS_HOURS", default=""),
}

INSTALLED_APPS = [
    "campaign",
    "pledges",
    "pledges.offline",
    "reports",
    "campaign.staff.apps.StaffConfig",
    "campaign.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "simple_history",
    "csp",
    "django_ratelimit",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
]
AUTH_USER_MODEL = "staff.StaffUser"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": "campaign.staff.password_words.CampaignWordsValidator"},
]

MIDDLEWARE = [
    # These set headers of every response, errors and redirects included.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "campaign.http.middleware.content_security_policy",
    "campaign.http.middleware.language_by_path",
    "campaign.http.middleware.response_headers",
    "django.middleware.security.SecurityMiddleware",
    "campaign.http.middleware.reject_malformed_requests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "campaign.http.middleware.SameOrigin",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "campaign.staff.sessions.limit_session_length",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "campaign.postgresql.connections.RetryOnLostConnection",
]
ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaign.context_processors.site",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# A PostgreSQL that runs elsewhere, or else an embedded one (campaign/embedded_postgres).
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(
            env.db_url_config(settings_file.url("DATABASE_URL", "DATABASE_PASSWORD"))
            if env.str("DATABASE_URL", default="")
            else {
                "ENGINE": "campaign.embedded_postgres",
                "NAME": "campaign",
                "FOLDER": BASE_DIR / env.str("POSTGRES_FOLDER", default="var/postgres"),
                "ROLE": env.str("POSTGRES_ROLE", default=""),
                "SERVER_OPTIONS": env.str("POSTGRES_OPTIONS", default="").split(),
            }
        ),
        "CONN_MAX_AGE": 60,  # seconds; one that the server closed is dropped by campaign.postgresql.connections
    }
}
# Whether a pooler in transaction mode (PgBouncer) is in between: then no statements are prepared.
DATABASE_POOLER = env.bool("DATABASE_POOLER", default=False)
# The database role of web and worker; `migrate` grants its rights (campaign.postgresql.roles).
DATABASE_ROLE = env.str("DATABASE_ROLE", default="campaign" if DEBUG else "")
if DATABASE_PASSWORD := settings_file.password("DATABASE_PASSWORD"):
    DATABASES["default"]["PASSWORD"] = DATABASE_PASSWORD
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Commands and the worker notice within a minute that the server does not answer; the web notices within a second
    # (campaign.postgresql.outage). Options in DATABASE_URL have priority.
    DATABASES["default"]["ENGINE"] = "campaign.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 45_000,  # milliseconds
        **DATABASES["default"].get("OPTIONS", {}),
    }
if not DATABASE_POOLER:
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# django-ratelimit counts in PostgreSQL, through our own cache backend, which loses no count.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "limits": {"BACKEND": "campaign.rate_limit_cache.RateLimitCache"},
}
RATELIMIT_USE_CACHE = "limits"
SILENCED_SYSTEM_CHECKS = [
    # "Not officially supported": django-ratelimit only knows memcached and redis. It checks the cache `limits` only,
    # which adds and counts in one atomic statement (see its tests).
    "django_ratelimit.W001",
    # It requires https or localhost. Our own check of SITE_ORIGIN (campaign.E008, E010) does that already, and allows
    # the demo on 127.0.0.1, where only passkeys do not work.
    "otp_webauthn.E031",
]

LANGUAGE_CODE = "en-gb"
LANGUAGES: list[tuple[str, str]] = [
    (LANGUAGE_CODE, "English"),
    *((one.code, one.english_name) for one in languages.LANGUAGES.values()),
]
LANGUAGES_BIDI: list[str] = [one.code for one in languages.LANGUAGES.values() if one.direction == "rtl"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
FORMAT_MODULE_PATH = "campaign.formats"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "campaign.css_bundle.BundlingStorage"
    },
}

# Emails. In the demo they are written to files, which the page /demo/inbox/ shows.
EMAIL_FILE_PATH = str(BASE_DIR / "var" / "emails")
_files = f"filemail:///{EMAIL_FILE_PATH}" if DEBUG else REQUIRED
vars().update(env.email_url_config(settings_file.url("EMAIL_URL", "EMAIL_PASSWORD", default=_files)))
if EMAIL_PASSWORD := settings_file.password("EMAIL_PASSWORD"):
    EMAIL_HOST_PASSWORD = EMAIL_PASSWORD
EMAIL_TIMEOUT = 20
EMAILS_A_MINUTE = env.int("EMAILS_A_MINUTE", default=1200)
# How long staff can undo a decision about an organisation; the email about it is sent after that.
DECISION_EMAIL_DELAY = timedelta(minutes=env.int("DECISION_EMAIL_DELAY_MINUTES", default=5))
# Who gets emails about problems (campaign.monitoring.alerts); empty: no one.
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Care Don't Share <pledge@example.org>" if DEBUG else REQUIRED
)
# Where answers to our emails go; some of them ask for one.
REPLY_TO_EMAIL = env.str("REPLY_TO_EMAIL", default=CONTROLLER["email"])

LOGGING = log_format.CONFIG

# A page may load files from this site only, and contains nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],  # for the admin's autocomplete, and tools that read robots.txt from within a page
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# no-referrer would make browsers send `Origin: null` with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "campaign.http.errors.forbidden"
# The largest form of staff; the public ones are smaller still (campaign.http.middleware).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEBUG:
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_SSL_HOST = urlsplit(SITE_ORIGIN).netloc
    SECURE_REDIRECT_EXEMPT = ["^healthz$", r"^readyz(\.json)?$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 2 * 3600  # seconds without a request; `campaign.staff.sessions` bounds the whole
SESSION_SAVE_EVERY_REQUEST = True
OTP_TOTP_ISSUER = OTP_WEBAUTHN_RP_NAME = "Care Don't Share"
# The host name that passkeys belong to: the configured one, never that of the Host header.
OTP_WEBAUTHN_RP_ID = urlsplit(SITE_ORIGIN).hostname or ""
OTP_WEBAUTHN_ALLOWED_ORIGINS = [SITE_ORIGIN]
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_NAME = "session" if DEBUG else "__Secure-session"
CSRF_COOKIE_NAME = "csrf" if DEBUG else "__Secure-csrf"
# By default Django stores messages in a cookie that is sent with every page and has no prefix.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "admin:login"
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # seconds for which the link in an invitation of staff works
