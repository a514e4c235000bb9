"""The GeoPackage geometry blob: a short header before plain WKB (OGC 12-128r19, 2.1.3)."""

from __future__ import annotations

import shapely

from importers.records import RefusedError

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
HEADER_BYTES = 8
PLAIN_TYPES = range(8)


def wkb_of(blob: bytes) -> bytes | None:
    """2D WKB of a GeoPackage blob, None for an empty geometry; RefusedError(code) for anything else."""
    if len(blob) < HEADER_BYTES + 5 or blob[:2] != b"GP":
        raise RefusedError("geometry_not_gpkg")
    flags = blob[3]
    skip = ENVELOPE_BYTES.get((flags >> 1) & 7)
    if skip is None or flags & 0x20:
        raise RefusedError("geometry_not_gpkg")
    if flags & 0x10:
        return None
    return flat_wkb(blob[HEADER_BYTES + skip :])


def flat_wkb(wkb: bytes) -> bytes | None:
    """`wkb` in two dimensions; RefusedError for curves and for bytes that are no WKB."""
    if len(wkb) < 5:
        raise RefusedError("geometry_not_wkb")
    code = int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big")
    if wkb[0] == 1 and code in PLAIN_TYPES:
        return wkb
    try:
        geometry = shapely.from_wkb(wkb)
    except NotImplementedError:
        raise RefusedError("geometry_is_curved") from None
    except shapely.errors.GEOSException:
        raise RefusedError("geometry_not_wkb") from None
    if int(shapely.get_type_id(geometry)) not in PLAIN_TYPES:
        raise RefusedError("geometry_is_curved")
    return bytes(shapely.to_wkb(shapely.force_2d(geometry), byte_order=1))
