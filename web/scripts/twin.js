// SPDX-License-Identifier: EUPL-1.2
// The twin's map: layers to choose, water over time, houses that tell their hydrograph.
// The server has every part as a page of its own, too; this only puts them on the map.

const minutes = seconds => `${Math.round(seconds / 60)} Minuten`;

// Where one is on the page goes into the address, beside the map's own part ("#karte=…").
const place = () => new URLSearchParams(location.hash.slice(1));
function remember(values) {
  const all = place();
  for (const [name, value] of Object.entries(values)) value === null ? all.delete(name) : all.set(name, value);
  history.replaceState(history.state, '', `#${all.toString().replace(/%2F/g, '/')}`);
}

// Pictures over time: the next ones are fetched while one looks at this one.
class Water {
  constructor(map, element, below) {
    this.map = map;
    this.below = below;
    this.path = element.dataset.twin;
    this.version = element.dataset.version;
    [this.minzoom, this.maxzoom] = element.dataset.zooms.split(' ').map(Number);
    this.bounds = element.dataset.bounds.split(',').map(Number);
    this.shown = null;
    this.opacity = 0.8;
    this.name = null;
    this.watchers = [];
  }

  add(name) {
    const id = `water-${name}`;
    if (this.map.getSource(id)) return id;
    this.map.addSource(id, {
      type: 'raster', tileSize: 256, bounds: this.bounds, minzoom: this.minzoom, maxzoom: this.maxzoom,
      tiles: [`${new URL(this.path, location).href}/kacheln/${name}/{z}/{x}/{y}?v=${this.version}`],
    });
    this.map.addLayer({ id, type: 'raster', source: id, paint: { 'raster-opacity': 0, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } },
      ['arrows', 'houses'].find(above => this.map.getLayer(above)) ?? this.below);
    return id;
  }

  show(name, ahead = []) {
    const id = this.add(name);
    for (const other of ahead) this.add(other);
    this.map.setPaintProperty(id, 'raster-opacity', this.opacity);
    if (this.shown && this.shown !== id) this.map.setPaintProperty(this.shown, 'raster-opacity', 0);
    this.shown = id;
    this.name = name;
    for (const watcher of this.watchers) watcher();
  }

  fade(opacity) {
    this.opacity = opacity;
    if (this.shown) this.map.setPaintProperty(this.shown, 'raster-opacity', opacity);
  }
}

function layers(room, water, element) {
  const box = room.querySelector('[data-map-layers]');
  const time = room.querySelector('[data-map-time]');
  const frames = element.dataset.frames.split(' ').filter(Boolean).map(Number);
  const slider = time?.querySelector('input');
  const text = time?.querySelector('[data-time-text]');
  const play = time?.querySelector('[data-play]');
  let clock = null;

  const frameName = index => `zeit-${frames[Math.min(index, frames.length - 1)]}`;
  function showFrame() {
    const at = Number(slider.value);
    text.textContent = minutes(frames[at]);
    slider.setAttribute('aria-valuetext', minutes(frames[at]));
    water.show(frameName(at), [frameName(at + 1), frameName(at + 2)]);
    remember({ zeit: at });
  }
  function choose(name) {
    for (const legend of room.querySelectorAll('[data-legend]')) legend.hidden = legend.dataset.legend !== name;
    if (time) time.hidden = name !== 'zeit';
    remember({ ebene: name, zeit: null });
    if (name === 'zeit') showFrame();
    else water.show(name);
  }
  function stop() {
    clearInterval(clock);
    clock = null;
    play.setAttribute('aria-pressed', 'false');
    play.querySelector('.kern-label').textContent = 'Abspielen';
  }
  function start() {
    play.setAttribute('aria-pressed', 'true');
    play.querySelector('.kern-label').textContent = 'Anhalten';
    if (Number(slider.value) === frames.length - 1) slider.value = '0';
    clock = setInterval(() => {
      if (Number(slider.value) >= frames.length - 1) return stop();
      slider.value = String(Number(slider.value) + 1);
      showFrame();
    }, 600);
  }

  if (!box) return water.show('tiefe');
  box.hidden = false;
  box.addEventListener('change', event => {
    if (clock) stop();
    choose(event.target.value);
  });
  if (slider) {
    slider.max = String(frames.length - 1);
    slider.addEventListener('input', () => {
      if (clock) stop();
      showFrame();
    });
    play.addEventListener('click', () => (clock ? stop() : start()));
    slider.value = place().get('zeit') ?? '0';
  }
  const asked = [...box.querySelectorAll('input')].find(input => input.value === place().get('ebene'));
  if (asked) asked.checked = true;
  choose(box.querySelector('input:checked').value);
}

// How strongly the water covers the city, the way back to the whole of it, and its address.
function tools(room, map, water, element) {
  const box = room.querySelector('[data-map-tools]');
  if (!box) return;
  const [west, south, east, north] = element.dataset.bounds.split(',').map(Number);
  const status = room.querySelector('[data-map-status]');
  box.hidden = false;
  box.querySelector('input').addEventListener('input', event => water.fade(Number(event.target.value) / 100));
  box.querySelector('[data-map-whole]').addEventListener('click', () => map.fitBounds([[west, south], [east, north]], { animate: false }));
  box.querySelector('[data-map-link]').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = 'Der Link ist kopiert.';
    } catch {
      status.textContent = 'Ihr Browser erlaubt das Kopieren nicht. Der Link steht in der Adresszeile.';
    }
  });
}

const degrees = (value, positive, negative) => `${Math.abs(value).toFixed(5).replace('.', ',')}° ${value < 0 ? negative : positive}`;

// Where the pointer is, and what the water does there; by keyboard, in the middle of the map, and aloud.
// Without a place beside it, words like "here" wait for somebody who points.
function reading(room, map, water, element) {
  const value = room.querySelector('[data-map-value]');
  if (!value) return;
  const text = room.querySelector('[data-map-place]');
  const said = room.querySelector('[data-map-said]');
  let point = map.getCenter();
  let aloud = false;
  let timer = null;
  let under = new AbortController();

  async function ask() {
    under.abort();
    under = new AbortController();
    const { signal } = under;
    try {
      const answer = await fetch(`${element.dataset.twin}/punkt?laenge=${point.lng.toFixed(7)}&breite=${point.lat.toFixed(7)}&ebene=${water.name}`, { signal });
      const words = answer.ok ? (await answer.json()).text : '';
      value.textContent = words;
      if (aloud) said.textContent = words;
    } catch {
      if (!signal.aborted) value.textContent = '';
    }
  }
  function look(at, byKeyboard) {
    point = at;
    aloud = byKeyboard;
    if (text) text.textContent = `${degrees(at.lat, 'Nord', 'Süd')}, ${degrees(at.lng, 'Ost', 'West')}`;
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  }
  map.on('mousemove', event => look(event.lngLat, false));
  map.on('click', event => look(event.lngLat, false));
  map.on('moveend', () => {
    const byKeyboard = map.getCanvas().matches(':focus-visible');
    if (text || byKeyboard) look(map.getCenter(), byKeyboard);
  });
  if (!text) return;
  water.watchers.push(() => look(point, false));
  look(point, false);
}

// An arrow to the north, dark with a light rim, to be seen on every colour.
function arrowImage() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 48, height: 48 });
  const pen = canvas.getContext('2d');
  pen.lineJoin = pen.lineCap = 'round';
  for (const [colour, width] of [['#fff', 11], ['#1c1917', 5]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke(new Path2D('M24 42V8M13 19L24 8L35 19'));
  }
  return pen.getImageData(0, 0, 48, 48);
}

// Where the water flows: arrows on the speeds, as many as there is room for.
function arrows(map, water, element, below) {
  map.addImage('flow-arrow', arrowImage(), { pixelRatio: 2 });
  map.addSource('arrows', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({ id: 'arrows', type: 'symbol', source: 'arrows', layout: {
    'icon-image': 'flow-arrow', 'icon-rotate': ['get', 'd'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true,
    'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['get', 'v'], 0, 0.6, 6, 1.1], visibility: 'none' } }, below);

  async function draw() {
    const wanted = water.name === 'tempo';
    map.setLayoutProperty('arrows', 'visibility', wanted ? 'visible' : 'none');
    if (!wanted) return;
    const box = map.getBounds();
    const edge = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(6);
    // Tiles of 256 pixels are one zoom deeper than the map's own.
    const answer = await fetch(`${element.dataset.twin}/pfeile?west=${edge(box.getWest(), 180)}&ost=${edge(box.getEast(), 180)}&sued=${edge(box.getSouth(), 85)}&nord=${edge(box.getNorth(), 85)}&zoom=${Math.min(22, Math.max(0, Math.round(map.getZoom() + 1)))}`);
    if (answer.ok && !answer.redirected) map.getSource('arrows').setData(await answer.json());
  }
  const redraw = () => draw().catch(error => console.error(error));
  map.on('moveend', redraw);
  water.watchers.push(redraw);
  redraw();
}

// "0.05 #ffeda0 0.1 #feb24c" as MapLibre's steps.
function stepsOf(classes) {
  const words = classes.split(' ');
  const steps = ['step', ['get', 'depth'], '#d9cfc3'];
  for (let i = 0; i + 1 < words.length; i += 2) steps.push(Number(words[i]), words[i + 1]);
  return steps;
}

// A part of another page of the desk.
async function sheet(address, selector) {
  const answer = await fetch(address);
  const part = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector(selector);
  if (!answer.ok || !part) throw new Error(answer.redirected ? 'Sie sind abgemeldet. Bitte laden Sie die Seite neu.' : 'Das konnte nicht geladen werden. Bitte versuchen Sie es noch einmal.');
  return part;
}

async function houses(room, map, element, below) {
  const answer = await fetch(`${element.dataset.twin}/haeuser.geojson`);
  if (!answer.ok) throw new Error(`the houses: ${answer.status}`);
  const data = await answer.json();
  const legend = room.querySelector('[data-house-legend]');
  const box = room.querySelector('[data-house]');

  map.addSource('houses', { type: 'geojson', data, promoteId: 'id' });
  map.addLayer({ id: 'houses', type: 'fill', source: 'houses', paint: {
    'fill-color': legend ? stepsOf(legend.dataset.classes) : '#d9cfc3', 'fill-outline-color': '#39342c' } }, below);
  map.addLayer({ id: 'house-chosen', type: 'line', source: 'houses', filter: ['==', ['get', 'id'], -1],
    paint: { 'line-color': '#111', 'line-width': 4 } });
  if (legend) legend.hidden = false;
  if (!box) return;
  map.on('mouseenter', 'houses', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'houses', () => { map.getCanvas().style.cursor = ''; });
  map.on('click', 'houses', async event => {
    const { id } = event.features[0].properties;
    map.setFilter('house-chosen', ['==', ['get', 'id'], id]);
    try {
      const address = `${element.dataset.twin}/haeuser/${id}`;
      const part = await sheet(address, '[data-house-sheet]');
      const heading = document.createElement('h2');
      const link = document.createElement('a');
      link.href = address;
      link.textContent = part.dataset.name;
      heading.append(link);
      box.replaceChildren(heading, part);
    } catch (error) {
      box.textContent = error.message;
    }
    box.scrollIntoView({ block: 'nearest' });
  });
}

// What was looked for, in the middle and marked.
function mark(map, maplibre, element) {
  if (!element.dataset.place) return;
  const [longitude, latitude] = element.dataset.place.split(' ').map(Number);
  new maplibre.Marker({ color: '#b3261e' }).setLngLat([longitude, latitude]).addTo(map);
  map.jumpTo({ center: [longitude, latitude], zoom: 17 });
}

document.addEventListener('map-ready', event => {
  const element = event.target;
  if (!element.dataset.twin) return;
  const { map, maplibre, labels } = event.detail;
  const room = element.closest('[data-map-room]');
  const water = new Water(map, element, labels);
  layers(room, water, element);
  tools(room, map, water, element);
  reading(room, map, water, element);
  if (element.dataset.arrows === 'ja') arrows(map, water, element, labels);
  mark(map, maplibre, element);
  if (element.dataset.houses === 'ja') houses(room, map, element, labels).catch(error => console.error(error));
});
