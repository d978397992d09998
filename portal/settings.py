"""Settings, all from the environment. docs/operations.md lists every variable.

In demo mode everything has an embedded default. Outside of it nothing secret has one:
a missing secret stops the start with a sentence that names the variable.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Whatever a process of ours writes is for its own account and group, whoever starts it.
os.umask(0o027)
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEMO = env.bool("GATEHOUSE_DEMO", default=False)
DEBUG = False
GATEHOUSE_DATA = Path(env.str("GATEHOUSE_DATA", default=str(BASE_DIR / "var"))).resolve()


def kept_secret(name: str) -> str:
    """A secret of the demo: made once, kept in the data folder, readable by its owner only."""
    path = GATEHOUSE_DATA / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under a name of one's own, then linked: of two processes that start, both read the same.
        draft = path.with_name(f".{name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def required(name: str) -> str:
    value: str = env.str(name, default="")
    if value:
        return value
    raise ImproperlyConfigured(f"{name} must be set (or GATEHOUSE_DEMO=1 for the demonstration).")


SECRET_KEY = env.str("GATEHOUSE_SECRET_KEY", default="") or (
    kept_secret("secret_key") if DEMO else required("GATEHOUSE_SECRET_KEY")
)
# Earlier secret keys: what was signed or encrypted under them can still be read.
SECRET_KEY_FALLBACKS = env.list("GATEHOUSE_OLD_SECRET_KEYS", default=[])
ALLOWED_HOSTS = env.list("GATEHOUSE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEMO else [])
if DEMO and (bound := env.str("GATEHOUSE_HOST", default="")):
    ALLOWED_HOSTS.append("*" if bound in {"0.0.0.0", "::"} else bound)
CSRF_TRUSTED_ORIGINS = env.list("GATEHOUSE_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "portal",
    "extracts.apps.ExtractsConfig",
    "governance.people.apps.PeopleConfig",
    "governance.audit.apps.AuditConfig",
    "governance.notices.apps.NoticesConfig",
    "governance.projects.apps.ProjectsConfig",
    "governance.permissions.apps.PermissionsConfig",
    "governance.closing.apps.ClosingConfig",
    "governance.agreements.apps.AgreementsConfig",
    "governance.amendments.apps.AmendmentsConfig",
    "governance.outputs.apps.OutputsConfig",
    "governance.ingress.apps.IngressConfig",
    "governance.publications.apps.PublicationsConfig",
    "governance.incidents.apps.IncidentsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.session_limits.SessionLimitsMiddleware",
    "portal.second_factor.SecondFactorMiddleware",
    "portal.middleware.RefusalsMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ]
        },
    }
]
FORM_RENDERER = "portal.govuk_forms.GovukRenderer"

# Database, cache, broker. SQLite and the embedded Redis unless the environment names servers.
DATABASES = {"default": env.db_url("GATEHOUSE_DATABASE_URL", default=f"sqlite:///{GATEHOUSE_DATA}/gatehouse.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(GATEHOUSE_DATA / "test.sqlite3")}
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("GATEHOUSE_REDIS_URL", default=f"unix://{GATEHOUSE_DATA}/redis/redis.sock")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "global_keyprefix": "gatehouse:",
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "extracts.tasks.generate_extract": {"queue": "extracts"},
    "extracts.tasks.link_deliveries": {"queue": "linkage"},
    "extracts.tasks.build_release": {"queue": "releases"},
    "extracts.tasks.check_outputs": {"queue": "disclosure"},
    "extracts.notice_tasks.*": {"queue": "mail"},
}
CELERY_TASK_TIME_LIMIT = env.int("GATEHOUSE_TASK_SECONDS", default=4 * 3600)
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(GATEHOUSE_DATA / "celerybeat")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "extracts.tasks.sweep", "schedule": env.float("GATEHOUSE_SWEEP_SECONDS", default=30.0)},
    "sweep-ingress": {"task": "extracts.ingress_tasks.sweep_ingress", "schedule": 60.0},
    "sweep-closures": {"task": "extracts.closing_tasks.sweep_closures", "schedule": 60.0},
    "open-closures": {"task": "extracts.closing_tasks.open_closures", "schedule": crontab(hour="5", minute="40")},
    "sweep-leftovers": {"task": "extracts.tasks.sweep_leftovers", "schedule": 3600.0},
    "pass-on-notices": {"task": "extracts.notice_tasks.pass_on", "schedule": 15.0},
    "write-digests": {"task": "extracts.notice_tasks.write_digests", "schedule": crontab(minute="*/15")},
    "warn": {"task": "extracts.notice_tasks.warn", "schedule": crontab(hour="6", minute="30")},
    "remind-of-regulator": {"task": "extracts.notice_tasks.remind_of_regulator", "schedule": crontab(minute="*/15")},
    "remind": {"task": "extracts.notice_tasks.remind", "schedule": crontab(hour="6", minute="40")},
    "complete-agreements": {"task": "extracts.notice_tasks.complete_agreements", "schedule": 300.0},
    "run-out": {"task": "extracts.notice_tasks.run_out", "schedule": crontab(minute="10")},
    "open-reviews": {"task": "extracts.notice_tasks.open_reviews", "schedule": crontab(hour="5", minute="30")},
    "forget-told": {"task": "extracts.notice_tasks.forget_told", "schedule": crontab(hour="3", minute="0")},
    "sign-trail-head": {
        "task": "extracts.tasks.sign_trail_head",
        "schedule": env.float("GATEHOUSE_TRAIL_HEAD_SECONDS", default=300.0),
    },
}
# How long a worker may be silent before its job is another's to take up.
GATEHOUSE_LEASE_SECONDS = env.int("GATEHOUSE_LEASE_SECONDS", default=60)

# The key ring: in HashiCorp Vault where the environment names one, else in the folder `keys` of the data folder.
# Files with tokens are named here and read by workers when they open the ring.
GATEHOUSE_VAULT: dict[str, str] = {}
if vault := env.str("GATEHOUSE_VAULT_ADDR", default=""):
    if not DEMO and not vault.startswith("https://"):
        raise ImproperlyConfigured("GATEHOUSE_VAULT_ADDR must be an address that begins with https://.")
    GATEHOUSE_VAULT = {
        "address": vault,
        "mount": env.str("GATEHOUSE_VAULT_MOUNT", default="secret"),
        "path": env.str("GATEHOUSE_VAULT_PATH", default="gatehouse").strip("/"),
        "token_file": env.str("GATEHOUSE_VAULT_TOKEN_FILE", default=""),
        "role_id": env.str("GATEHOUSE_VAULT_ROLE_ID", default=""),
        "secret_id_file": env.str("GATEHOUSE_VAULT_SECRET_ID_FILE", default=""),
        "ca": env.str("GATEHOUSE_VAULT_CA", default=""),
        "namespace": env.str("GATEHOUSE_VAULT_NAMESPACE", default=""),
    }
    if not GATEHOUSE_VAULT["token_file"]:
        GATEHOUSE_VAULT |= {
            "role_id": required("GATEHOUSE_VAULT_ROLE_ID"),
            "secret_id_file": required("GATEHOUSE_VAULT_SECRET_ID_FILE"),
        }

# People and sign-in.
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Guardian's own backend knows of no grant's end: roles are asked of governance.people.grants alone.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_FORMS = {"login": "portal.accounts.SignInForm", "reauthenticate": "portal.accounts.PasswordAgainForm"}
# Five wrong passwords for one account in five minutes, or thirty attempts from one address in a minute.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "60/m/ip,5/5m/key"}
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# A second factor is asked of everybody, and set up before anything else can be reached (portal/second_factor.py).
MFA_ADAPTER = "portal.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Gatehouse"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute out
MFA_FORMS = {
    "authenticate": "portal.second_factor.CodeForm", "reauthenticate": "portal.second_factor.CodeAgainForm",
    "activate_totp": "portal.second_factor.FirstCodeForm", "add_webauthn": "portal.second_factor.AddPasskeyForm",
    "edit_webauthn": "portal.second_factor.RenamePasskeyForm"}  # fmt: skip
# How long signing in, or confirming who one is, is enough for decisions (portal/urls.py says for which).
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("GATEHOUSE_CONFIRM_SECONDS", default=300)
# After so long without use, and at the latest after so long, one has to sign in again.
GATEHOUSE_IDLE_MINUTES = env.int("GATEHOUSE_IDLE_MINUTES", default=30)
GATEHOUSE_SIGNED_IN_HOURS = env.int("GATEHOUSE_SIGNED_IN_HOURS", default=8)
SESSION_COOKIE_AGE = GATEHOUSE_SIGNED_IN_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "gatehouse_session"

# Sign-in by an institution's OpenID Connect server: off unless the environment names one.
SOCIALACCOUNT_ADAPTER = "portal.institutions.KnownPeopleOnly"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form could not lead to another origin: see form-action below
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if institution := env.str("GATEHOUSE_OIDC_SERVER", default=""):
    if not DEMO and not institution.startswith("https://"):
        raise ImproperlyConfigured("GATEHOUSE_OIDC_SERVER must be an address that begins with https://.")
    app = {
        "provider_id": "institution",
        "name": env.str("GATEHOUSE_OIDC_LABEL", default="your institution"),
        "client_id": required("GATEHOUSE_OIDC_CLIENT_ID"),
        "secret": required("GATEHOUSE_OIDC_CLIENT_SECRET"),
        "settings": {"server_url": institution},
    }
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

# Outside of demo mode the portal is served over HTTPS by a proxy that says so.
SECURE = not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# How many proxies add an address to X-Forwarded-For: sign-in limits go by the visitor's, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("GATEHOUSE_PROXIES", default=1 if SECURE else 0)
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Files. Uploads are never served by address: a view hands them out after asking who you are.
STATIC_URL = "/static/"
STATIC_ROOT = env.str("GATEHOUSE_STATIC", default=str(GATEHOUSE_DATA / "static"))
MEDIA_ROOT = GATEHOUSE_DATA / "outputs"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if DEMO
    else {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEMO
if DEMO:
    Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns at each start when it is missing
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Catalogues: descriptions that come with the code, and those of datasets loaded from elsewhere.
GATEHOUSE_CATALOGUES = [BASE_DIR / "governance" / "catalogue" / "datasets", GATEHOUSE_DATA / "catalogues"]

# The malware scanner for attachments: tcp://host:3310 or unix:///path. Without it, attachments stay closed.
GATEHOUSE_CLAMD_URL = env.str("GATEHOUSE_CLAMD_URL", default="")

# What runs the queries of extracts, and where Spark runs if that is what does (docs/scale.md).
GATEHOUSE_EXTRACT_ENGINE = env.str("GATEHOUSE_EXTRACT_ENGINE", default="duckdb")
if GATEHOUSE_EXTRACT_ENGINE not in ("duckdb", "spark"):
    raise ImproperlyConfigured("GATEHOUSE_EXTRACT_ENGINE must be duckdb or spark.")
GATEHOUSE_SPARK = {
    "master": env.str("GATEHOUSE_SPARK_MASTER", default="local[*]"),
    "partitions": env.int("GATEHOUSE_SPARK_PARTITIONS", default=16),
    "memory": env.str("GATEHOUSE_SPARK_MEMORY", default="4g"),
    "settings": env.dict("GATEHOUSE_SPARK_SETTINGS", default={}),
}

# Application forms: the versions that come with the code, and those that administrators add as folders of CSV files.
GATEHOUSE_FORMS = [BASE_DIR / "governance" / "projects" / "form", GATEHOUSE_DATA / "forms"]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
# E-mail. The demonstration sends none: each message is a file in the data folder.
DEFAULT_FROM_EMAIL = env.str("GATEHOUSE_EMAIL_FROM", default="Gatehouse <no-reply@gatehouse.example>")
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(GATEHOUSE_DATA / "mail")
else:
    vars().update(env.email_url_config(required("GATEHOUSE_EMAIL_URL")))
EMAIL_TIMEOUT = 30
# Where messages say that the site is: workers, which write them, see no request.
at_home = f"http://localhost:{env.int('GATEHOUSE_PORT', default=8000)}"
GATEHOUSE_SITE = env.str(
    "GATEHOUSE_SITE", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if ALLOWED_HOSTS and not DEMO else at_home
).rstrip("/")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("GATEHOUSE_LOG_LEVEL", default="WARNING")},
    "loggers": {"gatehouse": {"level": "INFO"}},
}
