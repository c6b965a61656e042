// SPDX-License-Identifier: EUPL-1.2
// The twin's map: layers to choose, water over time, houses that tell their hydrograph.
// The server has every part as a page of its own, too; this only puts them on the map.

const minutes = seconds => `${Math.round(seconds / 60)} Minuten`;

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
  }

  add(name) {
    const id = `water-${name}`;
    if (this.map.getSource(id)) return id;
    this.map.addSource(id, {
      type: 'raster', tileSize: 256, bounds: this.bounds, minzoom: this.minzoom, maxzoom: this.maxzoom,
      tiles: [`${new URL(this.path, location).href}/kacheln/${name}/{z}/{x}/{y}?v=${this.version}`],
    });
    this.map.addLayer({ id, type: 'raster', source: id, paint: { 'raster-opacity': 0, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, this.below);
    return id;
  }

  show(name, ahead = []) {
    const id = this.add(name);
    for (const other of ahead) this.add(other);
    this.map.setPaintProperty(id, 'raster-opacity', 0.85);
    if (this.shown && this.shown !== id) this.map.setPaintProperty(this.shown, 'raster-opacity', 0);
    this.shown = id;
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
    water.show(frameName(at), [frameName(at + 1), frameName(at + 2)]);
  }
  function choose(name) {
    for (const legend of room.querySelectorAll('[data-legend]')) legend.hidden = legend.dataset.legend !== name;
    if (time) time.hidden = name !== 'zeit';
    if (name === 'zeit') showFrame();
    else water.show(name);
  }
  function stop() {
    clearInterval(clock);
    clock = null;
    play?.setAttribute('aria-pressed', 'false');
  }

  if (!box) return water.show('tiefe');
  box.hidden = false;
  box.addEventListener('change', event => {
    stop();
    choose(event.target.value);
  });
  if (slider) {
    slider.max = String(frames.length - 1);
    slider.addEventListener('input', showFrame);
    play.addEventListener('click', () => {
      if (clock) return stop();
      play.setAttribute('aria-pressed', 'true');
      if (Number(slider.value) === frames.length - 1) slider.value = '0';
      clock = setInterval(() => {
        if (Number(slider.value) >= frames.length - 1) return stop();
        slider.value = String(Number(slider.value) + 1);
        showFrame();
      }, 600);
    });
  }
  choose(box.querySelector('input:checked').value);
}

async function houses(room, map, element, below) {
  const data = await fetch(`${element.dataset.twin}/haeuser.geojson`).then(answer => answer.json());
  const place = room.querySelector('[data-house]');

  map.addSource('houses', { type: 'geojson', data, promoteId: 'id' });
  map.addLayer({ id: 'houses', type: 'fill', source: 'houses', paint: {
    'fill-color': ['coalesce', ['get', 'colour'], '#d9cfc3'], 'fill-outline-color': '#39342c' } }, below);
  map.addLayer({ id: 'house-chosen', type: 'line', source: 'houses', filter: ['==', ['get', 'id'], -1],
    paint: { 'line-color': '#c2410c', 'line-width': 3 } });
  if (!place) return;
  map.on('mouseenter', 'houses', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'houses', () => { map.getCanvas().style.cursor = ''; });
  map.on('click', 'houses', async event => {
    const { id } = event.features[0].properties;
    map.setFilter('house-chosen', ['==', ['get', 'id'], id]);
    const page = await fetch(`${element.dataset.twin}/haeuser/${id}`).then(answer => answer.text());
    place.replaceChildren(...new DOMParser().parseFromString(page, 'text/html').querySelectorAll('[data-house-sheet]'));
  });
}

document.addEventListener('map-ready', event => {
  const element = event.target;
  if (!element.dataset.twin) return;
  const { map, labels } = event.detail;
  const room = element.closest('[data-map-room]');
  layers(room, new Water(map, element, labels), element);
  if (element.dataset.houses === 'ja') houses(room, map, element, labels).catch(error => console.error(error));
});
