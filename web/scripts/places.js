// SPDX-License-Identifier: EUPL-1.2
// Places: their signs on the map of [data-places-from], which names a GeoJSON, and the button
// [data-near], which sorts the list by where this browser is. The position is used here and nowhere
// else: it is put into no address and sent to nobody.

const SIGN = 32; // pixels of a sign on the map
const NEAR_ROWS = 50;

/** The sign's outline out of the sprite, white on a disc. */
function drawSign(path, colour) {
  const canvas = new OffscreenCanvas(SIGN * 2, SIGN * 2);
  const context = canvas.getContext('2d');
  context.scale(2, 2);
  context.beginPath();
  context.arc(SIGN / 2, SIGN / 2, SIGN / 2 - 1, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = '#fff';
  context.stroke();
  context.translate(SIGN / 4, SIGN / 4);
  context.scale(SIGN / 48, SIGN / 48);
  context.fillStyle = '#fff';
  context.fill(path, 'evenodd');
  return context.getImageData(0, 0, SIGN * 2, SIGN * 2);
}

async function signs(address) {
  const answer = await fetch(address);
  const sprite = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
  return new Map([...sprite.querySelectorAll('symbol')].map(symbol => [symbol.id, new Path2D(symbol.querySelector('path').getAttribute('d'))]));
}

function card({ name, titel, stand, adresse }, more) {
  const box = document.createElement('div');
  box.appendChild(document.createElement('p')).append(Object.assign(document.createElement('strong'), { textContent: name }));
  for (const text of [titel, stand].filter(Boolean)) box.appendChild(document.createElement('p')).textContent = text;
  box.appendChild(Object.assign(document.createElement('a'), { href: adresse, textContent: more }));
  return box;
}

async function show(element, { map, maplibre }) {
  const [places, paths] = await Promise.all([fetch(element.dataset.placesFrom).then(answer => answer.json()), signs(element.dataset.signs)]);
  for (const { properties } of places.features) {
    properties.bild = `${properties.zeichen}${properties.farbe}`;
    if (!map.hasImage(properties.bild)) map.addImage(properties.bild, drawSign(paths.get(properties.zeichen) ?? paths.get('ort'), properties.farbe), { pixelRatio: 2 });
  }
  map.addSource('places', { type: 'geojson', data: places });
  if (element.dataset.chosen)
    map.addLayer({ id: 'chosen', type: 'circle', source: 'places', filter: ['==', ['id'], Number(element.dataset.chosen)],
      paint: { 'circle-radius': 24, 'circle-color': ['get', 'farbe'], 'circle-opacity': 0.3, 'circle-stroke-color': ['get', 'farbe'], 'circle-stroke-width': 2 } });
  map.addLayer({ id: 'places', type: 'symbol', source: 'places', layout: {
    'icon-image': ['get', 'bild'], 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.5, 16, 1] } });
  map.on('mouseenter', 'places', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'places', () => { map.getCanvas().style.cursor = ''; });
  map.on('click', 'places', ({ features: [place], lngLat }) => {
    new maplibre.Popup({ maxWidth: '18rem' }).setLngLat(lngLat).setDOMContent(card(place.properties, element.dataset.more)).addTo(map);
  });
  element.dataset.places = places.features.length;
}

document.addEventListener('map-ready', ({ target, detail }) => {
  if (target.dataset.placesFrom) show(target, detail).catch(error => console.error(error));
});

// --- In meiner Nähe ---

/** Metres over the ground (haversine). */
function distance(here, [lon, lat]) {
  const rad = Math.PI / 180;
  const a = Math.sin((lat - here.latitude) * rad / 2) ** 2
    + Math.cos(here.latitude * rad) * Math.cos(lat * rad) * Math.sin((lon - here.longitude) * rad / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}

function words(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} km`;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The same sign as in a row of the page. */
function sign({ zeichen, farbe }, sprite) {
  const set = (element, attributes) => { for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value); return element; };
  const svg = set(document.createElementNS(SVG, 'svg'), { class: 'place-sign', width: 28, height: 28, viewBox: '0 0 24 24', 'aria-hidden': true });
  svg.append(set(document.createElementNS(SVG, 'circle'), { cx: 12, cy: 12, r: 12, fill: farbe }),
    set(document.createElementNS(SVG, 'use'), { href: `${sprite}#${zeichen}`, x: 4, y: 4, width: 16, height: 16, fill: '#fff' }));
  return svg;
}

function row({ properties, metres }, sprite) {
  const item = document.createElement('li');
  item.append(sign(properties, sprite));
  const box = item.appendChild(document.createElement('div'));
  box.appendChild(Object.assign(document.createElement('a'), { href: properties.adresse, textContent: properties.name }));
  box.append(' ', Object.assign(document.createElement('span'), { className: 'places__distance', textContent: words(metres) }));
  for (const text of [[properties.titel, properties.anschrift].filter(Boolean).join(' · '), properties.stand].filter(Boolean))
    box.appendChild(document.createElement('p')).textContent = text;
  return item;
}

async function sort(button, here) {
  const { features } = await (await fetch(button.dataset.near)).json();
  const near = features.map(feature => ({ ...feature, metres: distance(here, feature.geometry.coordinates) }))
    .sort((a, b) => a.metres - b.metres).slice(0, NEAR_ROWS);
  document.querySelector('[data-places]')?.replaceChildren(...near.map(place => row(place, button.dataset.signs)));
  document.querySelector('.pagination')?.remove();
}

for (const button of document.querySelectorAll('[data-near]')) {
  if (!('geolocation' in navigator)) continue;
  const status = document.querySelector('[data-near-status]');
  button.hidden = false;
  button.addEventListener('click', () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => sort(button, coords).then(() => { status.textContent = button.dataset.done; }, error => console.error(error)),
    () => { status.textContent = button.dataset.failed; },
    { maximumAge: 60000, timeout: 15000 }));
}
