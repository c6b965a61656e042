// SPDX-License-Identifier: EUPL-1.2
// Drawing walls, basins and houses on the twin's map, by pointer or by keyboard. What is drawn stands
// as GeoJSON in the form's text field, which works without this script as well.

const WORDS = { wall: 'Mauer', basin: 'Becken', building: 'Gebäude' };
const SIZE = { wall: 'height', basin: 'depth', building: 'height' };

class Drawing {
  constructor(map, element, room) {
    this.map = map;
    this.room = room;
    this.field = document.getElementById(element.dataset.drawing);
    this.points = [];
    this.features = this.read();
    map.addSource('drawing', { type: 'geojson', data: this.collection() });
    map.addLayer({ id: 'drawing-area', type: 'fill', source: 'drawing', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ['match', ['get', 'kind'], 'basin', '#0369a1', '#7c2d12'], 'fill-opacity': 0.45 } });
    map.addLayer({ id: 'drawing-line', type: 'line', source: 'drawing',
      paint: { 'line-color': ['match', ['get', 'kind'], 'basin', '#0369a1', '#7c2d12'], 'line-width': 4 } });
    map.addLayer({ id: 'drawing-point', type: 'circle', source: 'drawing', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-color': '#7c2d12', 'circle-radius': 5, 'circle-stroke-color': '#fff', 'circle-stroke-width': 2 } });
    this.list();
  }

  read() {
    try {
      return JSON.parse(this.field.value).features ?? [];
    } catch {
      return [];
    }
  }

  get kind() {
    return this.room.querySelector('input[name="art"]:checked').value;
  }

  get size() {
    return Number(this.room.querySelector('#groesse').value.replace(',', '.'));
  }

  shape() {
    if (this.kind === 'wall') return { type: 'LineString', coordinates: this.points };
    return { type: 'Polygon', coordinates: [[...this.points, this.points[0]]] };
  }

  collection() {
    const begun = this.points.map(coordinates => ({ type: 'Feature', properties: { kind: this.kind }, geometry: { type: 'Point', coordinates } }));
    if (this.points.length > 1) begun.push({ type: 'Feature', properties: { kind: this.kind }, geometry: { type: 'LineString', coordinates: this.points } });
    return { type: 'FeatureCollection', features: [...this.features, ...begun] };
  }

  say(words) {
    this.room.querySelector('[data-draw-status]').textContent = words;
  }

  show() {
    this.map.getSource('drawing').setData(this.collection());
  }

  point({ lng, lat }) {
    this.points.push([Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
    this.say(`${WORDS[this.kind]}: ${this.points.length} ${this.points.length === 1 ? 'Punkt' : 'Punkte'}`);
    this.show();
  }

  back() {
    this.points.pop();
    this.say(`${this.points.length} Punkte`);
    this.show();
  }

  done() {
    const least = this.kind === 'wall' ? 2 : 3;
    if (this.points.length < least) return this.say(`Eine Form braucht mindestens ${least} Punkte.`);
    if (!(this.size > 0)) return this.say('Bitte geben Sie Höhe oder Tiefe in Metern an.');
    this.features.push({ type: 'Feature', properties: { kind: this.kind, [SIZE[this.kind]]: this.size }, geometry: this.shape() });
    this.points = [];
    this.say(`${WORDS[this.kind]} gezeichnet.`);
    this.keep();
  }

  remove(index) {
    this.features.splice(index, 1);
    this.say('Entfernt.');
    this.keep();
  }

  keep() {
    this.field.value = this.features.length ? JSON.stringify({ type: 'FeatureCollection', features: this.features }) : '';
    this.list();
    this.show();
  }

  list() {
    const items = this.features.map((feature, index) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      const { kind } = feature.properties;
      item.append(`${WORDS[kind]}, ${String(feature.properties[SIZE[kind]]).replace('.', ',')} m `);
      button.type = 'button';
      button.className = 'plain-button';
      button.textContent = 'Entfernen';
      button.setAttribute('aria-label', `${WORDS[kind]} ${index + 1} entfernen`);
      button.addEventListener('click', () => this.remove(index));
      item.append(button);
      return item;
    });
    this.room.querySelector('[data-draw-list]').replaceChildren(...items);
  }
}

document.addEventListener('map-ready', event => {
  const element = event.target;
  if (!element.dataset.drawing) return;
  const room = element.closest('[data-map-room]');
  const { map } = event.detail;
  const drawing = new Drawing(map, element, room);
  room.querySelector('[data-draw]').hidden = false;
  room.querySelector('[data-draw-text]').open = false;
  map.getCanvas().style.cursor = 'crosshair';
  map.doubleClickZoom.disable();
  map.on('click', click => drawing.point(click.lngLat));
  room.querySelector('[data-draw-centre]').addEventListener('click', () => drawing.point(map.getCenter()));
  room.querySelector('[data-draw-done]').addEventListener('click', () => drawing.done());
  room.querySelector('[data-draw-undo]').addEventListener('click', () => drawing.back());
  for (const radio of room.querySelectorAll('input[name="art"]')) radio.addEventListener('change', () => drawing.show());
});
