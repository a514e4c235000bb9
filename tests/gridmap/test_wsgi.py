"""The web process and the one that started it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shared import ROOT

MASTER = """
import multiprocessing, time

def serve():
    import gridmap.wsgi
    print(multiprocessing.current_process().pid, flush=True)
    time.sleep(60)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=serve).start()
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_who_serves_ends_with_the_master_even_when_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "master.py"
    script.write_text(MASTER, encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "gridmap.settings", "SECRET_KEY": "x" * 60}
    master = subprocess.Popen([sys.executable, script], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)
    assert master.stdout is not None
    served_by = int(master.stdout.readline())
    master.kill()
    master.wait(10)
    assert is_gone_within(10, served_by)


def is_gone_within(seconds: float, pid: int) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = Path(f"/proc/{pid}/stat")
        try:
            if state.read_text("ascii").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False
