"""`manage.py worker`: the process that does long work."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector


class Command(BaseCommand):
    help = (
        "Runs long work: imports, drawings, exports. Work left by a killed worker is taken up within a minute or two."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1, help="jobs at a time (default 1)")
        parser.add_argument("--once", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._work(concurrency=options["concurrency"], wait=not options["once"]))

    async def _work(self, *, concurrency: int, wait: bool) -> None:
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise CommandError(f"the task queue is not Django's: {connector!r}")
        with app.replace_connector(connector.get_worker_connector()) as working:
            async with working.open_async():
                await working.run_worker_async(concurrency=concurrency, wait=wait, delete_jobs="successful")
