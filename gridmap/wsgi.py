"""The web process: everything synchronous, under granian; tiles go out before Django's middleware."""

import ctypes
import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_the_master() -> None:
    """Have the kernel end this process of the server when the one that started it dies, by whatever cause: else it
    would go on serving yesterday's program beside the processes of the next master. Linux only."""
    if multiprocessing.parent_process() is not None and hasattr(library := ctypes.CDLL(None), "prctl"):
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


end_with_the_master()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
site = get_wsgi_application()

from layers.thin import TilesFirst  # noqa: E402  (models are loaded only now)

application = TilesFirst(site)
