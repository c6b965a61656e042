// SPDX-License-Identifier: EUPL-1.2
// A map in every element marked data-map: the town's own tiles below, above them whatever the page's
// own script adds when it hears "map-ready" (detail: the map, the library, the first layer of labels).
//
//   data-library, data-worker, data-map-style   assets
//   data-tiles     TileJSON of the town's map; missing: plain ground
//   data-bounds    "west,south,east,north" in degrees: what is seen at first
//   data-trouble   id of what is shown where no map can be drawn

const WORDS = {
  'Map.Title': 'Karte',
  'NavigationControl.ZoomIn': 'Näher heran',
  'NavigationControl.ZoomOut': 'Weiter weg',
  'NavigationControl.ResetBearing': 'Norden nach oben',
  'AttributionControl.ToggleAttribution': 'Herkunft der Karte zeigen',
  'FullscreenControl.Enter': 'Karte auf ganzem Bildschirm',
  'FullscreenControl.Exit': 'Ganzen Bildschirm verlassen',
  'ScaleControl.Meters': 'm',
  'ScaleControl.Kilometers': 'km',
};

const dark = matchMedia('(prefers-color-scheme: dark)');

// "@water" becomes the palette's colour, wherever it stands.
function painted(value, palette) {
  if (typeof value === 'string') return value.startsWith('@') ? palette[value.slice(1)] : value;
  if (Array.isArray(value)) return value.map(item => painted(item, palette));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, painted(item, palette)]));
  return value;
}

// Only what the town's tiles have: not every map knows places.
function styleOf(plan, tiles, known) {
  const palette = plan.palettes[dark.matches ? 'dark' : 'light'];
  const layers = [...plan.layers, ...plan.labels].filter(layer => layer.type === 'background' || known.has(layer['source-layer']));
  return {
    version: 8,
    sources: tiles ? { town: { type: 'vector', url: new URL(tiles, location).href } } : {},
    layers: layers.map(layer => painted(layer.type === 'background' ? layer : { ...layer, source: 'town' }, palette)),
  };
}

async function draw(element) {
  const { library, worker, mapStyle, tiles, bounds } = element.dataset;
  const [maplibre, plan] = await Promise.all([
    import(library), fetch(mapStyle).then(answer => answer.json()), document.fonts.load('16px "Fira Sans"')]);
  const [west, south, east, north] = bounds.split(',').map(Number);
  const town = tiles ? await fetch(tiles).then(answer => answer.json()) : {};
  const known = new Set((town.vector_layers ?? []).map(layer => layer.id));

  maplibre.setWorkerUrl(new URL(worker, location).href);
  const map = new maplibre.Map({
    container: element, style: styleOf(plan, tiles, known), bounds: [[west, south], [east, north]], hash: 'karte',
    locale: WORDS, attributionControl: { compact: true }, dragRotate: false, pitchWithRotate: false,
    transformRequest: url => ({ url: new URL(url, location).href }),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl({ unit: 'metric' }));
  map.addControl(new maplibre.FullscreenControl({ container: element.closest('[data-map-room]') ?? element }));
  await map.once('load');
  element.dataset.ready = 'ja';
  element.dispatchEvent(new CustomEvent('map-ready', {
    bubbles: true, detail: { map, maplibre, labels: plan.labels.find(layer => known.has(layer['source-layer']))?.id } }));
}

for (const element of document.querySelectorAll('[data-map]')) {
  draw(element).catch(() => { // without WebGL 2, or without the network
    element.hidden = true;
    document.getElementById(element.dataset.trouble)?.removeAttribute('hidden');
  });
}
