// SPDX-License-Identifier: EUPL-1.2
// A map in every element marked data-map: the town's own tiles below, above them whatever the page's
// own script adds when it hears "map-ready" (detail: the map, the library, the first layer of labels).
// Until then, and where no map can be drawn, the picture beside it (.map-picture) is seen.
//
//   data-library, data-worker, data-map-style   assets
//   data-tiles     TileJSON of the town's map; missing: plain ground
//   data-bounds    "west,south,east,north" in degrees: what is seen at first; missing: all of the tiles
//   data-pick      the map is part of a form: what is seen stands in no address
//   data-trouble   id of what is shown where no map can be drawn
//
// What goes wrong later is said in [data-map-status] of the same [data-map-room].

const GERMAN = {
  'Map.Title': 'Karte',
  'Marker.Title': 'Markierte Stelle',
  'NavigationControl.ZoomIn': 'Näher heran',
  'NavigationControl.ZoomOut': 'Weiter weg',
  'AttributionControl.ToggleAttribution': 'Herkunft der Karte zeigen',
  'FullscreenControl.Enter': 'Karte auf ganzem Bildschirm',
  'FullscreenControl.Exit': 'Ganzen Bildschirm verlassen',
  'ScaleControl.Meters': 'm',
  'ScaleControl.Kilometers': 'km',
  'CooperativeGesturesHandler.MobileHelpText': 'Bewegen Sie die Karte mit zwei Fingern.',
};
const FAILED = {
  de: 'Teile der Karte konnten nicht geladen werden. Bitte laden Sie die Seite neu.',
  en: 'Parts of the map could not be loaded. Please reload the page.',
};

const german = document.documentElement.lang.startsWith('de');
const dark = document.documentElement.dataset.kernTheme === 'dark' || matchMedia('(prefers-color-scheme: dark)').matches;

// "@water" becomes the palette's colour, wherever it stands.
function painted(value, palette) {
  if (typeof value === 'string') return value.startsWith('@') ? palette[value.slice(1)] : value;
  if (Array.isArray(value)) return value.map(item => painted(item, palette));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, painted(item, palette)]));
  return value;
}

// Only what the town's tiles have: not every map knows places.
function styleOf(plan, tiles, known) {
  const palette = plan.palettes[dark ? 'dark' : 'light'];
  const layers = [...plan.layers, ...plan.labels].filter(layer => layer.type === 'background' || known.has(layer['source-layer']));
  return {
    version: 8,
    sources: tiles ? { town: { type: 'vector', url: new URL(tiles, location).href } } : {},
    layers: layers.map(layer => painted(layer.type === 'background' ? layer : { ...layer, source: 'town' }, palette)),
  };
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function draw(element) {
  const { library, worker, mapStyle, tiles, bounds } = element.dataset;
  const room = element.closest('[data-map-room]');
  const [maplibre, plan, town] = await Promise.all([
    import(library), json(mapStyle), tiles ? json(tiles) : {}, document.fonts.load('16px "Fira Sans"')]);
  const [west, south, east, north] = bounds ? bounds.split(',').map(Number) : town.bounds;
  const known = new Set((town.vector_layers ?? []).map(layer => layer.id));

  maplibre.setWorkerUrl(new URL(worker, location).href);
  element.hidden = false;
  const map = new maplibre.Map({
    container: element, style: styleOf(plan, tiles, known), bounds: [[west, south], [east, north]], hash: 'pick' in element.dataset ? false : 'karte',
    locale: german ? GERMAN : {}, attributionControl: { compact: !town.attribution }, dragRotate: false, pitchWithRotate: false,
    cooperativeGestures: matchMedia('(pointer: coarse)').matches, // a finger goes on moving the page
    canvasContextAttributes: { preserveDrawingBuffer: true }, // or paper would stay blank
    transformRequest: url => ({ url: new URL(url, location).href }),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl({ unit: 'metric' }));
  map.addControl(new maplibre.FullscreenControl({ container: room ?? element }));
  map.on('error', ({ error }) => {
    const status = room?.querySelector('[data-map-status]');
    if (status) status.textContent = FAILED[german ? 'de' : 'en'];
    else console.error(error);
  });
  map.getCanvas().addEventListener('webglcontextlost', () => instead(element));
  await map.once('load');
  element.parentElement.querySelector('.map-picture')?.setAttribute('hidden', '');
  element.dataset.ready = 'ja';
  element.dispatchEvent(new CustomEvent('map-ready', {
    bubbles: true, detail: { map, maplibre, labels: plan.labels.find(layer => known.has(layer['source-layer']))?.id } }));
}

// Without WebGL 2, or without the network.
function instead(element) {
  element.hidden = true;
  const picture = element.parentElement.querySelector('.map-picture');
  if (picture) picture.removeAttribute('hidden');
  else element.parentElement.hidden = true;
  document.getElementById(element.dataset.trouble)?.removeAttribute('hidden');
}

function drawAll() {
  for (const element of document.querySelectorAll('[data-map]:not([data-begun])')) {
    element.dataset.begun = 'ja';
    draw(element).catch(() => instead(element));
  }
}

drawAll();
// A part of the page that came anew may have a map (reload.js).
document.addEventListener('rathaus:region', drawAll);
