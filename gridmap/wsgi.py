"""The web process: everything synchronous, under gunicorn; tiles go out before Django's middleware."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
site = get_wsgi_application()

from layers.thin import TilesFirst  # noqa: E402  (models are loaded only now)

application = TilesFirst(site)
