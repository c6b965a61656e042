// SPDX-License-Identifier: EUPL-1.2
// A point picked on the map of a form: [data-pick] names the fields that hold it by their ids (data-longitude,
// data-latitude). A click or tap sets the pin, dragging and the arrow keys move it, and what is typed into the
// fields does. Where this browser is it asks only when the button [data-pick-here] is pressed.

const PLACES = 5; // of a degree: about a metre
const STEP = 8, STRIDE = 40; // pixels by an arrow key, and with Shift
const CLOSE = 16; // zoom

const german = document.documentElement.lang.startsWith('de');
const written = degrees => { const text = degrees.toFixed(PLACES); return german ? text.replace('.', ',') : text; };
const read = field => (field.value.trim() === '' ? NaN : Number(field.value.trim().replace(',', '.')));

class Pick {
  constructor(element, { map, maplibre }) {
    this.element = element;
    this.map = map;
    this.room = element.closest('[data-map-room]');
    this.marker = new maplibre.Marker({ element: this.pin(), anchor: 'bottom', draggable: true });
    this.marker.on('dragend', () => this.choose(this.marker.getLngLat()));
    map.on('click', ({ lngLat }) => this.choose(lngLat));
    map.getCanvas().style.cursor = 'crosshair';
    this.buttons();
    this.watch();
    this.follow(true);
  }

  /** The fields anew each time: the form's part may have come again from the server. */
  fields() {
    return ['longitude', 'latitude'].map(name => document.getElementById(this.element.dataset[name]));
  }

  /** Until the form's part comes again from the server, with another map or none. */
  watch() {
    const over = new AbortController();
    document.addEventListener('change', event => { if (this.fields().includes(event.target)) this.follow(); }, { signal: over.signal });
    document.addEventListener('rathaus:region', () => {
      if (this.element.isConnected) return;
      over.abort();
      this.map.remove();
    }, { signal: over.signal });
  }

  pin() {
    const pin = Object.assign(document.createElement('button'), { type: 'button', className: 'pick__pin' });
    pin.setAttribute('aria-label', this.element.dataset.pin);
    pin.addEventListener('keydown', event => this.key(event));
    pin.addEventListener('click', event => { event.stopPropagation(); event.preventDefault(); });
    return pin;
  }

  key(event) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? STRIDE : STEP, at = this.map.project(this.marker.getLngLat());
    const to = this.map.unproject([at.x + x * step, at.y + y * step]);
    this.choose(to);
    if (!this.map.getBounds().contains(to)) this.map.panTo(to, { animate: false });
  }

  buttons() {
    const here = this.room.querySelector('[data-pick-here]'), middle = this.room.querySelector('[data-pick-middle]');
    middle.addEventListener('click', () => { this.choose(this.map.getCenter()); this.marker.getElement().focus(); });
    here.hidden = !('geolocation' in navigator);
    here.addEventListener('click', () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => { this.choose({ lng: coords.longitude, lat: coords.latitude }); this.look(true); },
      () => { this.say(here.dataset.failed); }, { enableHighAccuracy: true, maximumAge: 60000, timeout: 15000 }));
  }

  say(text) {
    this.room.querySelector('[data-map-status]').textContent = text;
  }

  show(point) {
    this.marker.setLngLat(point);
    if (!this.marker.getElement().isConnected) this.marker.addTo(this.map); // adding it again would take the focus away
    this.element.dataset.picked = `${written(point.lng)} ${written(point.lat)}`;
  }

  look(close) {
    this.map.jumpTo({ center: this.marker.getLngLat(), ...(close && { zoom: Math.max(CLOSE, this.map.getZoom()) }) });
  }

  choose(point) {
    const [longitude, latitude] = this.fields();
    if (!longitude || !latitude) return;
    this.show(point);
    longitude.value = written(point.lng);
    latitude.value = written(point.lat);
    this.say(this.element.dataset.chosen.replace('{1}', longitude.value).replace('{2}', latitude.value));
    longitude.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** The pin goes where the fields say. */
  follow(first) {
    const [lng, lat] = this.fields().map(read), known = Math.abs(lng) <= 180 && Math.abs(lat) <= 90;
    if (!known) { this.marker.remove(); return; }
    if (this.element.dataset.picked === `${written(lng)} ${written(lat)}`) return;
    this.show({ lng, lat });
    if (first || !this.map.getBounds().contains([lng, lat])) this.look(first);
  }
}

document.addEventListener('map-ready', ({ target, detail }) => {
  if ('pick' in target.dataset) new Pick(target, detail);
});
