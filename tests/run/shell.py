"""Calls the parts of `./run` one by one, with a state folder of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "config" / "setup"
PARTS = "places progress packages sysroot python node browser postgres processes chores"


def environment(var: Path, **more: str) -> dict[str, str]:
    """The caller's environment without what an outer `./run` put there."""
    ours = {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "APP_DATABASE_ROLE",
        "SECRET_KEY",
        "FIELD_KEYS",
        "BLIND_KEYS",
        "STREAM_URL",
        "ALLOWED_HOSTS",
        "PORT",
        "GRIDMAP_BIND",
        "GRIDMAP_PG_BIN",
        "PGOPTIONS",
    }
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"GRIDMAP_VAR": str(var)} | more


def run_parts(script: str, *, var: Path, timeout_s: float = 60, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a piece of bash after all parts of `./run` have been read."""
    source = f'set -euo pipefail; for part in {PARTS}; do source "{SETUP}/$part.sh"; done; {script}'
    return subprocess.run(
        ["bash", "-c", source],
        env=environment(var, **more),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def output_of(script: str, *, var: Path, timeout_s: float = 60, **more: str) -> str:
    """The same, for what must succeed."""
    result = run_parts(script, var=var, timeout_s=timeout_s, **more)
    assert result.returncode == 0, result.stderr + result.stdout
    return result.stdout.strip()


def lend_venv(var: Path) -> None:
    """The state folder of a test uses the Python packages that run the test."""
    var.mkdir(parents=True, exist_ok=True)
    (var / "venv").symlink_to(sys.prefix)


def program(folder: Path, name: str, body: str) -> None:
    """A stand-in for a system program, first on the PATH where `folder` is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    path.chmod(0o755)
