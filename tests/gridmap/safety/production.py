"""The site under the settings of a real installation, in a process of its own: settings are read once, at the start.

`python -m tests.gridmap.safety.production` prints what a stranger gets, one JSON line per answer.
"""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.shared import ROOT

HOST = "grid.example.org"
PLAIN, SAFE = f"http://{HOST}", f"https://{HOST}"
#: What an administrator sets; see the list "Before going live" in the administrator's guide.
ENVIRONMENT = {
    "HTTPS": "true",
    "SECRET_KEY": "a-key-of-a-test-with-more-than-fifty-characters-0123456789",
    "ALLOWED_HOSTS": HOST,
    "CSRF_TRUSTED_ORIGINS": SAFE,
    "SANDBOX_STRICT": "true",
    "FIELD_KEYS": "1:" + base64.b64encode(bytes(range(32))).decode(),
    "BLIND_KEYS": "1:" + base64.b64encode(bytes(range(32, 64))).decode(),
    "DATABASE_URL": "postgis://nobody@database.example.org/nowhere?sslmode=verify-full",
}
ASKED = [
    (PLAIN, "/"),
    (PLAIN, "/accounts/login/"),
    (PLAIN, "/api/v1/map"),
    (SAFE, "/"),
    (SAFE, "/accounts/login/"),
    (SAFE, "/api/v1/map"),
    (SAFE, "/tiles/areas/14/1/1.mvt"),
    (SAFE, "/nowhere/"),
    (SAFE, "/static/js/frame.js"),
    (SAFE, "/static/js/map/worker.js"),
    (SAFE, "/static/css/base.css"),
    (SAFE, "/static/img/mark.svg"),
]


@dataclass(frozen=True)
class Answer:
    """One answer: where it was asked, its status, its headers (names in lower case), its cookies as sent, its text."""

    origin: str
    path: str
    status: int
    headers: dict[str, str]
    cookies: list[str] = field(default_factory=list)
    text: str = ""


def environment(**more: str) -> dict[str, str]:
    """The variables of a process under production settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, **ENVIRONMENT, **more}


def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Python with these arguments under production settings."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answers(**more: str) -> list[Answer]:
    """What a stranger gets for each of `ASKED`."""
    process = run("-m", __name__, **more)
    assert process.returncode == 0, process.stderr
    return [Answer(*json.loads(line)) for line in process.stdout.splitlines()]


def main() -> None:
    """Ask the site and print the answers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
    from django.test import Client

    from gridmap.wsgi import site  # noqa: F401  (loads the applications)

    client = Client(raise_request_exception=False, headers={"origin": "https://elsewhere.example"})
    for origin, path in ASKED:
        client.cookies.clear()
        response: Any = client.get(path, secure=origin == SAFE, SERVER_NAME=HOST)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {name.lower(): value for name, value in response.headers.items()}
        cookies = [morsel.OutputString() for morsel in response.cookies.values()]
        text = body.decode("utf-8", errors="replace")
        print(json.dumps([origin, path, response.status_code, headers, cookies, text]))  # noqa: T201


if __name__ == "__main__":
    main()
