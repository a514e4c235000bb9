/** Lengths and areas on the ellipsoid WGS 84, from longitude and latitude. Pure. */

/** @typedef {[number, number]} LonLat degrees */

const AXIS_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const MINOR_M = AXIS_M * (1 - FLATTENING);
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
const RADIAN = Math.PI / 180;
const MOST_ROUNDS = 60;
const EXACT_RAD = 1e-12;

/**
 * The length of the geodesic between two places, metres; exact to a millimetre (Vincenty 1975, the inverse formula).
 * Places on opposite sides of the earth, for which it finds no end, do not come up on one map.
 * @param {LonLat} from
 * @param {LonLat} to
 */
export function distance(from, to) {
  const across = (to[0] - from[0]) * RADIAN;
  const [u1, u2] = [from, to].map(([, lat]) => Math.atan((1 - FLATTENING) * Math.tan(lat * RADIAN)));
  let [lambda, before] = [across, Infinity];
  let found = arc(u1, u2, lambda);
  for (let round = 0; round < MOST_ROUNDS && Math.abs(lambda - before) > EXACT_RAD; round += 1) {
    found = arc(u1, u2, lambda);
    if (!found.sinSigma) return 0;
    before = lambda;
    lambda = across + turnOf(found);
  }
  const { sigma, sinSigma, cosSigma, cosSqAlpha, cosMiddle } = found;
  const u = (cosSqAlpha * (AXIS_M ** 2 - MINOR_M ** 2)) / MINOR_M ** 2;
  const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
  const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
  const inner = cosSigma * (-1 + 2 * cosMiddle ** 2) - (b / 6) * cosMiddle * (-3 + 4 * sinSigma ** 2) * (-3 + 4 * cosMiddle ** 2);
  return MINOR_M * a * (sigma - b * sinSigma * (cosMiddle + (b / 4) * inner));
}

/** The great circle on the auxiliary sphere. @param {number} u1 @param {number} u2 reduced latitudes @param {number} lambda */
function arc(u1, u2, lambda) {
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const sinSigma = Math.hypot(cos2 * Math.sin(lambda), cos1 * sin2 - sin1 * cos2 * Math.cos(lambda));
  const cosSigma = sin1 * sin2 + cos1 * cos2 * Math.cos(lambda);
  const sinAlpha = sinSigma ? (cos1 * cos2 * Math.sin(lambda)) / sinSigma : 0;
  const cosSqAlpha = 1 - sinAlpha ** 2;
  return { sigma: Math.atan2(sinSigma, cosSigma), sinSigma, cosSigma, sinAlpha, cosSqAlpha, cosMiddle: cosSqAlpha ? cosSigma - (2 * sin1 * sin2) / cosSqAlpha : 0 };
}

/** How much the difference in longitude grows on the sphere. @param {ReturnType<typeof arc>} found */
function turnOf({ sigma, sinSigma, cosSigma, sinAlpha, cosSqAlpha, cosMiddle }) {
  const c = (FLATTENING / 16) * cosSqAlpha * (4 + FLATTENING * (4 - 3 * cosSqAlpha));
  return (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (-1 + 2 * cosMiddle ** 2)));
}

/**
 * The lengths of the pieces of a line, metres.
 * @param {LonLat[]} line
 */
export function pieces(line) {
  return line.slice(1).map((to, index) => distance(line[index], to));
}

/**
 * The area inside a ring, m², never negative. Latitudes are moved to the sphere of the same surface, so that it is true
 * for the ellipsoid; the sides are great circles of that sphere (within a city the same as geodesics to 1 part in 10⁶).
 * @param {LonLat[]} ring closed or not
 */
export function area(ring) {
  const radius = AXIS_M * Math.sqrt(authalic(1) / 2);
  const points = ring.map(([lon, lat]) => [lon * RADIAN, Math.asin(authalic(Math.sin(lat * RADIAN)) / authalic(1))]);
  let sum = 0;
  points.forEach(([lon2, lat2], index) => {
    const [lon1, lat1] = points[(index + points.length - 1) % points.length];
    const [tan1, tan2] = [Math.tan(lat1 / 2), Math.tan(lat2 / 2)];
    sum += 2 * Math.atan2(Math.tan((lon2 - lon1) / 2) * (tan1 + tan2), 1 + tan1 * tan2);
  });
  return Math.abs(sum) * radius ** 2;
}

/** Snyder 1987, equation 3-12. @param {number} sine of the latitude */
function authalic(sine) {
  const e = ECCENTRICITY;
  return (1 - e ** 2) * (sine / (1 - (e * sine) ** 2) - Math.log((1 - e * sine) / (1 + e * sine)) / (2 * e));
}

/**
 * The place so far away in a direction, on the ellipsoid to within a millimetre per kilometre: enough to draw a circle.
 * @param {LonLat} from
 * @param {number} metres
 * @param {number} bearing degrees from north
 * @returns {LonLat}
 */
export function toward([lon, lat], metres, bearing) {
  const sine = Math.sin(lat * RADIAN);
  const bend = 1 - (ECCENTRICITY * sine) ** 2;
  const north = (AXIS_M * (1 - ECCENTRICITY ** 2)) / bend ** 1.5;
  const east = (AXIS_M / Math.sqrt(bend)) * Math.cos(lat * RADIAN);
  return [lon + (metres * Math.sin(bearing * RADIAN)) / east / RADIAN, lat + (metres * Math.cos(bearing * RADIAN)) / north / RADIAN];
}

/**
 * A circle as a closed ring.
 * @param {LonLat} centre
 * @param {number} metres
 * @param {number} [corners]
 */
export function circle(centre, metres, corners = 72) {
  const ring = Array.from({ length: corners }, (_, index) => toward(centre, metres, (360 * index) / corners));
  return [...ring, ring[0]];
}
