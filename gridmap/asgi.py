"""The live-stream process: server-sent events alone, under uvicorn. Pages and tiles are answered by `gridmap.wsgi`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
django.setup(set_prefix=False)

from layers.stream import LiveStream  # noqa: E402  (needs the apps that Django has just loaded)

application = LiveStream()
