"""Pure functions on geometry: shapely, numpy and pyproj in, plain values out; nothing here knows Django."""
