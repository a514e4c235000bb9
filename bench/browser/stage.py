"""A small web server for the benchmark: scripts of the product and of its peers, the pages, the same tiles for all."""

import contextlib
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ROOT = Path(__file__).resolve().parents[2]
MEDIA = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}
TILE = "application/vnd.mapbox-vector-tile"


class Stage(BaseHTTPRequestHandler):
    """`/tiles/SET/z/x/y.mvt` as in the product; `/up/z/x/y` is the tile that a screen of zoom z shows at 512 pixels."""

    protocol_version = "HTTP/1.1"
    tiles: ClassVar[Path]
    folders: ClassVar[dict[str, Path]]

    def do_GET(self) -> None:
        """Answer one request."""
        path = self.path.partition("?")[0]
        name, _slash, rest = path.lstrip("/").partition("/")
        if name in {"tiles", "up"}:
            self._tile(name, rest)
        elif name in self.folders:
            self._file(self.folders[name], rest)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _tile(self, kind: str, rest: str) -> None:
        *_set, zoom, column, row = rest.removesuffix(".mvt").split("/")
        level = int(zoom) - (1 if kind == "up" else 0)
        file = self.tiles / "ground" / str(level) / column / row
        if file.is_file():
            self._answer(HTTPStatus.OK, file.read_bytes(), TILE, {"Content-Encoding": "gzip"})
        else:
            self._answer(HTTPStatus.NO_CONTENT if kind == "tiles" else HTTPStatus.OK, b"", TILE)

    def _file(self, folder: Path, rest: str) -> None:
        file = (folder / rest).resolve()
        if folder in file.parents and file.is_file():
            self._answer(HTTPStatus.OK, file.read_bytes(), MEDIA.get(file.suffix, "application/octet-stream"))
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _answer(self, status: HTTPStatus, body: bytes, media: str, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"Content-Type": media, "Content-Length": str(len(body)), "Cache-Control": "max-age=3600"}
        for name, value in (headers | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if status != HTTPStatus.NO_CONTENT:
            self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing is written for each request."""


@contextlib.contextmanager
def stage(tiles: Path, peers: Path) -> Iterator[str]:
    """The server while the block runs; its address."""
    Stage.tiles = tiles
    modules = ROOT / "node_modules"
    Stage.folders = {"pages": ROOT / "bench" / "browser", "peers": peers / "node_modules", "static": ROOT / "static"}
    vendored = {"leaflet": modules / "leaflet" / "dist", "pbf": modules / "pbf"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _with_vendor(vendored))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def _with_vendor(vendored: dict[str, Path]) -> type[Stage]:
    """Scripts of the product find their libraries where Django serves them, below `static/vendor`."""

    class WithVendor(Stage):
        def _file(self, folder: Path, rest: str) -> None:
            first, _slash, inner = rest.removeprefix("vendor/").partition("/")
            if rest.startswith("vendor/") and first in vendored:
                super()._file(vendored[first], inner)
            else:
                super()._file(folder, rest)

    return WithVendor
