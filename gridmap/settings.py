"""All settings in one file; the environment decides what differs between machines, and nonsense is refused."""

import os
from ipaddress import ip_network
from pathlib import Path
from secrets import token_urlsafe

from csp.constants import NONE, SELF
from environs import Env, validate

from gridmap.wheels import gdal_library, geos_library
from layers import basemaps

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- where things are -------------------------------------------------------------------------------------------------
VAR_DIR = env.path("GRIDMAP_VAR", default=BASE_DIR / "var")
MEDIA_ROOT = VAR_DIR / "media"
TILE_CACHE_DIR = VAR_DIR / "tiles"
TILE_CACHE_MAX_BYTES = env.int("TILE_CACHE_MAX_BYTES", default=2_000_000_000, validate=validate.Range(min=1_000_000))
GDAL_LIBRARY_PATH = gdal_library()
GEOS_LIBRARY_PATH = geos_library()

# --- safety -----------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
# Without a key from the environment every process makes its own: sessions then end with it, but nobody can forge one.
SECRET_KEY_GIVEN = bool(env.str("SECRET_KEY", default=""))
SECRET_KEY = env.str("SECRET_KEY", default="") or token_urlsafe(50)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, and says nothing
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # scripts read the form's token
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A browser takes such a name only from this very host, over HTTPS, for the whole site.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
TILES_COOKIE_NAME = f"{COOKIE_PREFIX}tiles"
TILES_COOKIE_PATH = "/" if HTTPS else "/tiles/"
SCREEN_COOKIE_NAME = f"{COOKIE_PREFIX}screen"
KNOWN_COOKIE_NAME = f"{COOKIE_PREFIX}known"
CSRF_COOKIE_AGE = None  # until the browser closes
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # what is said to a person stays here
# However busy, a session ends after these hours; and after these minutes without a request. Its store lives an hour
# longer, to tell why.
SESSION_MAX_S = 3600 * env.int("SESSION_MAX_HOURS", default=12, validate=validate.Range(min=1, max=24))
SESSION_COOKIE_AGE = SESSION_MAX_S + 3600
SESSION_IDLE_S = 60 * env.int("SESSION_IDLE_MINUTES", default=60, validate=validate.Range(min=5, max=720))
# Proxies of our own (networks), and how many stand in a row: only what they say about the browser's address counts.
TRUSTED_PROXIES = [ip_network(network) for network in env.list("TRUSTED_PROXIES", default=list[str]())]
PROXY_HOPS = env.int("PROXY_HOPS", default=1, validate=validate.Range(min=1, max=5))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=500_000_000, validate=validate.Range(min=1_000_000))
# Whether files are read at all where the kernel does not give every lock of the reading process.
SANDBOX_STRICT = env.bool("SANDBOX_STRICT", default=False)
# Days after which uploads and compared rows are forgotten.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=30, validate=validate.Range(min=1))
# What the lists of people that one person brought and neither applied nor threw away may hold together.
LIST_OPEN_MAX_BYTES = env.int("LIST_OPEN_MAX_BYTES", default=500_000_000, validate=validate.Range(min=1_000_000))
# Residents of other areas that the lists of one person may touch in a day.
LIST_ELSEWHERE_PER_DAY = env.int("LIST_ELSEWHERE_PER_DAY", default=200, validate=validate.Range(min=0))
# Processes in which one worker draws side by side; with several workers on one machine they share its cores.
DRAW_PROCESSES = env.int("DRAW_PROCESSES", default=os.cpu_count() or 1, validate=validate.Range(min=1))
FILE_UPLOAD_HANDLERS = [
    "importers.uploads.WithinLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- the parts --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "django.contrib.humanize",
    "axes",
    "leaflet",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "procrastinate.contrib.django",
    "gridmap.safety",
    "gridmap.outbox",
    "gridmap.vault",
    "gridmap.accounts",
    "gridmap.accounts.staff",
    "gridmap.traces",
    "gridmap.jobs",
    "gridmap.territory",
    "gridmap.finding",
    "gridmap.population",
    "gridmap.special_groups",
    "gridmap.casework",
    "gridmap.planning",
    "gridmap.district",
    "importers",
    "layers",
    "gridmap.console",
]
MIDDLEWARE = [
    "gridmap.safety.middleware.SafeHeaders",
    "gridmap.traces.middleware.NamedRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gridmap.console.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gridmap.accounts.middleware.SessionLife",
    "gridmap.traces.middleware.Actors",
    "gridmap.accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "gridmap.urls"
WSGI_APPLICATION = "gridmap.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gridmap.console.context.page",
            ],
        },
    },
]

# --- the database -----------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", default="postgis:///gridmap", engine="django.contrib.gis.db.backends.postgis"
    )
}
DATABASES["default"]["ENGINE"] = "django.contrib.gis.db.backends.postgis"
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("application_name", "gridmap")
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE_NAME", default=None)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SRID = 4326
# The role under which web, stream and worker reach the database: it owns no table. Migrations make it.
APP_DATABASE_ROLE = env.str(
    "APP_DATABASE_ROLE", default="gridmap_app", validate=validate.Regexp(r"^[a-z_][a-z0-9_]{0,62}$")
)
APP_DATABASE_PASSWORD = env.str("APP_DATABASE_PASSWORD", default="")

# --- traces -----------------------------------------------------------------------------------------------------------
# Days after which `prune_traces` forgets the security log, and who wrote, read or took away people's data.
TRACE_KEEP_DAYS = env.int("TRACE_KEEP_DAYS", default=365, validate=validate.Range(min=180))
TRACE_KEEP_PERSONAL_DAYS = env.int("TRACE_KEEP_PERSONAL_DAYS", default=1095, validate=validate.Range(min=180))

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["gridmap.accounts.hashers.EvenArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "gridmap.accounts.passwords.NotTheNameOfTheHouse"},
    {"NAME": "gridmap.safety.breached.NotBreached"},
]
# A file of SHA-1 hashes of passwords from breaches, ordered by hash, that the administrator brings.
BREACHED_PASSWORDS = env.path("BREACHED_PASSWORDS", default=None)
# Who needs more than a password: by_role (the roles of gridmap/accounts/roles.py), everyone, or nobody (offered).
SECOND_FACTOR = env.str("SECOND_FACTOR", default="by_role", validate=validate.OneOf(["by_role", "everyone", "offered"]))
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "gridmap.accounts.addresses.neighbourhood"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True

# --- personal data ----------------------------------------------------------------------------------------------------
# "1:base64,2:base64": the first key seals, the others still open. A made-up key would lose what it stored.
FIELD_KEYS = env.str("FIELD_KEYS", default="")
FIELD_CIPHER = env.str("FIELD_CIPHER", default="aes-256-gcm", validate=validate.OneOf(["aes-256-gcm", "sm4-gcm"]))
BLIND_KEYS = env.str("BLIND_KEYS", default="")
# Whether the room for special groups (criminal record, drugs, mental illness …) has pages at all.
SPECIAL_GROUPS = env.bool("SPECIAL_GROUPS", default=False)
# How many residents one person may open clearly within an hour.
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", default=30, validate=validate.Range(min=1))
# After so many ID numbers of people who are recorded already a person may enter no more on that day.
TAKEN_ID_NUMBERS_PER_DAY = env.int("TAKEN_ID_NUMBERS_PER_DAY", default=20, validate=validate.Range(min=1))
# How many residents one export may hold.
EXPORT_MAX_ROWS = env.int("EXPORT_MAX_ROWS", default=20_000, validate=validate.Range(min=1))
# Hours after which files of layers (no people) are forgotten, and what those of one person may hold together.
LAYER_EXPORT_KEEP_HOURS = env.int("LAYER_EXPORT_KEEP_HOURS", default=24, validate=validate.Range(min=1, max=720))
LAYER_EXPORT_MAX_BYTES = env.int(
    "LAYER_EXPORT_MAX_BYTES", default=2_000_000_000, validate=validate.Range(min=1_000_000)
)

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

# --- static files -----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/leaflet", BASE_DIR / "node_modules" / "leaflet" / "dist"),
    ("vendor/pbf", BASE_DIR / "node_modules" / "pbf"),
    ("vendor/geoman", BASE_DIR / "node_modules" / "@geoman-io" / "leaflet-geoman-free" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".js": "text/javascript"}

# --- what a browser may do --------------------------------------------------------------------------------------------
STREAM_URL = env.str("STREAM_URL", default="/stream")
# Outside base maps that a person may lay below the map (docs/guides/administrator.md); none is asked unless chosen.
TIANDITU_KEY = env.str("TIANDITU_KEY", default="")
BASEMAP_URL = env.str("BASEMAP_URL", default="")
BASEMAPS = [
    *basemaps.single(
        BASEMAP_URL,
        key=env.str("BASEMAP_KEY", default=""),
        attribution=env.str("BASEMAP_ATTRIBUTION", default=""),
        datum=env.str("BASEMAP_DATUM", default="wgs84"),
    ),
    *basemaps.tianditu(TIANDITU_KEY),
    *basemaps.parse(env.json("BASEMAPS", default=[])),
]
# The one that is there at first, by its id; empty: the map of our own alone.
BASEMAP_DEFAULT = env.str("BASEMAP_DEFAULT", default=basemaps.SINGLE if BASEMAP_URL else "")
if BASEMAP_DEFAULT and BASEMAP_DEFAULT not in {one.id for one in BASEMAPS}:
    raise ValueError(f"BASEMAP_DEFAULT: no base map is called {BASEMAP_DEFAULT}")


# Put on pages and scripts by `gridmap.safety.headers`; data gets a policy that allows nothing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # data: is the pixel that Leaflet puts in place of an outside tile that it gives up
        "img-src": [SELF, *(["data:", *basemaps.origins(BASEMAPS)] if BASEMAPS else [])],
        "worker-src": [SELF],
        "connect-src": [SELF, *basemaps.origins_of(STREAM_URL)],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "require-trusted-types-for": ["'script'"],  # text becomes markup or a program only through static/js/trusted.js
        "trusted-types": ["default"],
        "upgrade-insecure-requests": HTTPS,
    }
}

# --- the map ----------------------------------------------------------------------------------------------------------
LEAFLET_CONFIG = {"TILES": [], "MIN_ZOOM": 4, "MAX_ZOOM": 20}  # no outside tiles: the ground is drawn from our own data

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PARSER_CLASSES": ["gridmap.safety.bodies.GuardedJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "layers.errors.answer",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "layers.negotiation.JsonAlways",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "gridmap",
    "DESCRIPTION": "Grids of a district, the ground they lie on, and what each holds.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "layers.openapi.complete"],
}

# --- logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "gridmap.safety.logs.CleanLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # The servers' own loggers, which would otherwise write whole addresses and errors in their own format.
    "loggers": {name: {"handlers": ["console"], "propagate": False} for name in ("_granian", "uvicorn.error")},
    "root": {
        "handlers": ["console"],
        "level": env.str(
            "LOG_LEVEL", default="WARNING", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
        ),
    },
}
