"""Promises of the import page, kept in a real browser: nothing is written before a person has seen what would be."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.jobs.models import Job
from gridmap.jobs.services import run
from gridmap.territory.models import Building
from tests.browser.test_console import serious
from tests.cast import Board, Cast, corner_of
from tests.importers import files

Fresh = Callable[..., BrowserContext]
WEST, SOUTH = corner_of("990101001001")


def do_the_waiting_work() -> None:
    """What the worker process would do."""
    for job in Job.objects.filter(state=Job.State.QUEUED):
        run(job)


def upload(page: Page, site: str, path: Path, kind: str = "buildings") -> None:
    page.goto(site + "/import/")
    page.set_input_files('input[type="file"]', path)
    expect(page.locator("[data-file-name]")).to_have_text(path.name)
    page.select_option('select[name="kind"]', kind)
    page.locator("main form button.primary").click()


def test_from_a_file_in_gb18030_to_buildings_on_the_map(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast, tmp_path: Path
) -> None:
    rows = ["楼栋编号,名称,户数,经度,纬度"]
    rows += [f"B{n},和谐{n}号楼,{20 + n},{WEST + 0.001 * (n + 1):.6f},{SOUTH + 0.004:.6f}" for n in range(3)]
    rows.append(f"B9,坏数据,很多,{WEST + 0.002:.6f},{SOUTH + 0.002:.6f}")
    path = tmp_path / "楼栋.csv"
    path.write_bytes("\n".join(rows).encode("gb18030"))
    page = fresh(cast.planner).new_page()
    upload(page, live_server.url, path)
    do_the_waiting_work()
    expect(page.locator("main")).to_contain_text(re.compile("gb18030", re.IGNORECASE))
    assert serious(page) == []
    page.locator('button[name="check"]').click()
    do_the_waiting_work()
    expect(page.locator("main")).to_contain_text("很多")
    assert not Building.objects.exists()
    assert serious(page) == []
    page.locator('form[action$="/apply"] button.primary').click()
    do_the_waiting_work()
    expect(page.locator(".mark.done, .mark.succeeded").first).to_be_visible()
    assert sorted(Building.objects.values_list("source_ref", "households")) == [("B0", 20), ("B1", 21), ("B2", 22)]


def test_a_file_that_is_none_is_refused_in_words(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast, tmp_path: Path, record: list[str]
) -> None:
    path = files.geojson(tmp_path / "homes.geojson", [({"编号": "1"}, files.square(WEST, SOUTH))])
    path.write_bytes(b"MZ\x90\x00" + bytes(200))
    page = fresh(cast.planner).new_page()
    upload(page, live_server.url, path)
    do_the_waiting_work()
    expect(page.locator(".note.act, .errorlist, .toast.error").first).to_be_visible()
    assert not Building.objects.exists()
    record[:] = [line for line in record if "400 (Bad Request)" not in line]  # the refusal itself
