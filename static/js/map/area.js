/** An area of the map, from GeoJSON to rings in units of the world. Pure. */

/** @typedef {import("geojson").GeoJsonObject} GeoJsonObject */

/** Web Mercator, 0…1 from west to east and from north to south. @param {number} lon @param {number} lat @returns {[number, number]} */
export function toWorld(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/**
 * The rings of all polygons in a geometry, feature or collection.
 * @param {GeoJsonObject | null} geojson
 * @returns {number[][]} flat [x, y, x, y, …] in world units, to be filled by the even-odd rule
 */
export function ringsOf(geojson) {
  const one = /** @type {any} */ (geojson);
  if (!one) return [];
  if (one.type === "FeatureCollection") return one.features.flatMap(ringsOf);
  if (one.type === "GeometryCollection") return one.geometries.flatMap(ringsOf);
  if (one.type === "Feature") return ringsOf(one.geometry);
  if (one.type === "MultiPolygon") return one.coordinates.flat().map(ringOf);
  return one.type === "Polygon" ? one.coordinates.map(ringOf) : [];
}

/** @param {[number, number][]} positions */
function ringOf(positions) {
  return positions.flatMap(([lon, lat]) => toWorld(lon, lat));
}
