"""OGC API – Features over the public layers of the catalogue: Part 1 (core, GeoJSON, HTML, OpenAPI 3.0), Part 2 (CRS).

Sources: OGC 17-069r4 (Part 1: Core, 1.0.1), OGC 18-058r1 (Part 2: Coordinate Reference Systems by Reference).
"""
