/** The vendor folder is made of node_modules when the site serves its static files. */
declare module "*/vendor/leaflet/leaflet-src.esm.js" {
  export * from "leaflet";
}
declare module "*/vendor/geoman/leaflet-geoman.js" {}
declare module "*/vendor/pbf/index.js" {
  export { default } from "pbf";
}
