"""`manage.py check_territory`: every gap, overlap and wrong figure, one a line; exit 1 where there is any."""

import json
import sys
from typing import Any

import shapely
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridmap.accounts.permissions import area_prefix
from gridmap.territory.checks import Fault, check_territory


class Command(BaseCommand):
    help = "Prints every gap and overlap of boundaries in force and every figure that does not follow; exit 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", default="", help="only codes under this region, e.g. 990101001003")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, with the shape as GeoJSON")

    def handle(self, *args: Any, **options: Any) -> None:
        area = options["area"]
        if area and not (area.isascii() and area.isdigit() and len(area) <= 12):
            raise CommandError(f"not a region code: {area}")
        faults = 0
        for fault in check_territory(area_prefix(area)):
            faults += 1
            self.stdout.write(_as_json(fault) if options["json"] else _as_line(fault))
        if faults:
            self.stderr.write(f"{faults} faults")
            sys.exit(1)
        if not options["json"]:
            self.stdout.write("The territory is in order: no gap, no overlap, no wrong figure.")


def _as_line(fault: Fault) -> str:
    where = ""
    if fault.shape is not None:
        point = fault.shape.representative_point()
        where = f" near {point.y:.6f},{point.x:.6f}"
    size = f" {fault.area_m2:.2f} m²" if fault.area_m2 else ""
    return f"{fault.kind} {' '.join(fault.codes)}{size}{where}"


def _as_json(fault: Fault) -> str:
    shape = json.loads(shapely.to_geojson(fault.shape)) if fault.shape is not None else None
    return json.dumps({"kind": fault.kind, "codes": fault.codes, "area_m2": fault.area_m2, "shape": shape})
