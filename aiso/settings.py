"""Settings, all of them from the environment. README and docs/production.md list the variables."""

import os
import re
import secrets
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pgtrigger
import structlog
from django.utils.csp import CSP

from aiso.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("AISO_VAR") or BASE_DIR / "var").resolve()
PRODUCTION = os.environ.get("AISO_PRODUCTION") == "1"
DEBUG = os.environ.get("AISO_DEBUG") == "1"


def _required(name: str, purpose: str) -> str:
    """A variable without which production must not start."""
    value = os.environ.get(name, "")
    if not value:
        sys.exit(f"{name} is not set: {purpose}")
    return value


def _local_secret() -> str:
    """A secret for this machine alone, made once beside its data."""
    path = VAR_DIR / "secret_key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secret := secrets.token_urlsafe(50))
    return secret


def _database(url: str) -> dict[str, object]:
    """Django's database settings for a postgresql:// URL, socket folders in `?host=` included."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        sys.exit("DATABASE_URL must begin with postgresql:// (Postgres is the only database).")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _redis(url: str, scheme: str) -> str:
    """The same Redis for redis-py (`unix://`) and for Celery (`redis+socket://`), which name sockets apart."""
    for socket_scheme in ("unix://", "redis+socket://"):
        if url.startswith(socket_scheme):
            # Each has its own word for the number of the database, too.
            words = ("db=", "virtual_host=") if scheme == "redis+socket://" else ("virtual_host=", "db=")
            return scheme + url.removeprefix(socket_scheme).replace(*words)
    return url


if PRODUCTION:
    SECRET_KEY = _required("AISO_SECRET_KEY", "give a long random text that only this installation knows.")
    ALLOWED_HOSTS = _required("AISO_ALLOWED_HOSTS", "name the hosts people use, e.g. aiso.example.org").split(",")
    _database_url = _required(
        "DATABASE_URL", "point it to a Postgres server, e.g. postgresql://user:password@host/aiso"
    )
    _redis_url = _required("REDIS_URL", "point it to a Redis server, e.g. redis://host:6379/0")
else:
    SECRET_KEY = os.environ.get("AISO_SECRET_KEY") or _local_secret()
    ALLOWED_HOSTS = [
        *filter(None, os.environ.get("AISO_ALLOWED_HOSTS", "").split(",")),
        "localhost",
        "127.0.0.1",
        "[::1]",
    ]
    _database_url = os.environ.get("DATABASE_URL") or f"postgresql://app@/postgres?host={VAR_DIR / 'servers' / 'sock'}"
    _redis_url = os.environ.get("REDIS_URL") or f"unix://{VAR_DIR / 'servers' / 'sock' / 'redis.sock'}"

INSTALLED_APPS = [
    "aiso.web",
    "aiso.accounts",
    "aiso.audit",
    "aiso.events",
    "aiso.configuration",
    "aiso.api",
    "portfolio",
    "forums",
    "standards",
    "stagegates",
    "value",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "pgtrigger",
    "pghistory",
    "tree_queries",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "aiso.api.middleware.ProblemMiddleware",
    "aiso.web.middleware.DecentRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "forums.middleware.BeatMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aiso.web.middleware.SignInMiddleware",
    "aiso.audit.middleware.ChangeContextMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "aiso.web.middleware.ToastMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portfolio.merged_away.MergedMiddleware",
]

ROOT_URLCONF = "aiso.urls"
WSGI_APPLICATION = "aiso.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "aiso.web.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "aiso.web.forms.FormRenderer"

DATABASES = {"default": _database(_database_url)}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis(_redis_url, "unix://"),
        "KEY_PREFIX": "aiso",
    }
}

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["aiso.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "aiso.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "aiso.accounts.adapter.SingleSignOnAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = "AI Scaling Office: "
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("AISO_PROXY_COUNT", "0"))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "AI Scaling Office"
ACCOUNT_FORMS = {
    "login": "aiso.web.sign_in.LoginForm",
    "reauthenticate": "aiso.web.sign_in.ReauthenticateForm",
    "reset_password": "aiso.web.sign_in.ResetPasswordForm",
    "reset_password_from_key": "aiso.web.sign_in.ResetPasswordKeyForm",
    "change_password": "aiso.web.sign_in.ChangePasswordForm",
    "set_password": "aiso.web.sign_in.SetPasswordForm",
}
MFA_FORMS = {
    "authenticate": "aiso.web.sign_in.AuthenticateForm",
    "reauthenticate": "aiso.web.sign_in.ReauthenticateCodeForm",
    "activate_totp": "aiso.web.sign_in.ActivateTOTPForm",
}

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "aiso.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS] if PRODUCTION else []
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# History: statement triggers, because a row trigger makes a large COPY quadratic.
PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True
PGHISTORY_BASE_MODEL = "aiso.audit.models.Event"
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# The API: docs/api.md tells its users of it.
API_REQUESTS_A_MINUTE = int(os.environ.get("AISO_API_REQUESTS_A_MINUTE", "600"))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "aiso.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["aiso.api.permissions.SignedIn", "aiso.api.permissions.MayWrite"],
    "DEFAULT_THROTTLE_CLASSES": ["aiso.api.throttling.AskLessOften"],
    "DEFAULT_RENDERER_CLASSES": ["aiso.api.rendering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["aiso.api.rendering.JsonParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "aiso.api.schema.OperationSchema",
    "EXCEPTION_HANDLER": "aiso.api.problems.problem_of",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AI Scaling Office",
    "DESCRIPTION": "What the pages can do, programs can do: by the same actions, with the same rights.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PATH_CONVERTER_OVERRIDES": {
        "reference": {"type": "string", "pattern": "^[Aa][Ii]-[0-9]{1,9}$"},
        "intake": {"type": "string", "pattern": "^[Ii][Nn]-[0-9]{1,9}$"},
    },
    "POSTPROCESSING_HOOKS": ["aiso.api.schema.add_problems"],
}

# Background work
CELERY_BROKER_URL = _redis(_redis_url, "redis+socket://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any task may run: a task that is still running must not be delivered a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 60 * 60}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60 * 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds for running tasks when a worker is told to stop; what is not done then goes back into the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = os.environ.get("AISO_TIME_ZONE", "UTC")
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE

# Mail: printed on a local run, sent by SMTP where a server is named.
_smtp = urlsplit(os.environ.get("AISO_SMTP_URL", ""))
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _smtp.hostname,
            "port": _smtp.port or 587,
            "username": unquote(_smtp.username or ""),
            "password": unquote(_smtp.password or ""),
            "use_tls": True,
            # Seconds for each answer of the server.
            "timeout": 20,
        },
    }
    if _smtp.hostname
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend"},
}
# Where links in mails lead.
SITE_ADDRESS = os.environ.get("AISO_ADDRESS") or (
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
)
DEFAULT_FROM_EMAIL = os.environ.get("AISO_MAIL_FROM", "AI Scaling Office <aiso@localhost>")

# Days that a notification is kept once it is read, and a mail once it is sent.
NOTIFICATIONS_KEPT_DAYS = int(os.environ.get("AISO_NOTIFICATIONS_KEPT_DAYS", "90"))

# Language, time, files
LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("AISO_TIME_ZONE", "UTC")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
# Every sum is in this one currency; amounts in others are converted before they are entered.
REPORTING_CURRENCY = os.environ.get("AISO_CURRENCY") or "EUR"
# Percent of the confirmed improvement from which an outcome counts as held, when it is measured again after launch.
DURABILITY_HELD_PERCENT = int(os.environ.get("AISO_DURABILITY_HELD_PERCENT", "90"))
if not re.fullmatch(r"[A-Z]{3}", REPORTING_CURRENCY):
    sys.exit("AISO_CURRENCY must be three capital letters, e.g. EUR or CHF.")
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("AISO_STATIC_ROOT") or BASE_DIR / "static-built")
# Hashed, compressed files where AISO_STATIC_ROOT names the collected ones; a bare checkout serves them as they lie.
_collected = PRODUCTION or "collectstatic" in sys.argv or "AISO_STATIC_ROOT" in os.environ
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _collected
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Logs: one JSON line an entry, on standard error.
_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*_shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processor": structlog.processors.JSONRenderer(),
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("AISO_LOG_LEVEL", "WARNING")},
}
