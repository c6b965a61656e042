// SPDX-License-Identifier: EUPL-1.2
// Sensors, places and roads on the map of [data-city], which names a GeoJSON: a dot or a line for each
// (dots: colour, place; lines: colour, width, dashed), and what it measures when it is chosen. The
// lists of the page say the same without a map.

function card({ name, dataset, value, path }, more) {
  const box = document.createElement('div');
  const title = box.appendChild(document.createElement('p'));
  title.append(Object.assign(document.createElement('strong'), { textContent: name }));
  box.appendChild(document.createElement('p')).textContent = value ? `${dataset}: ${value}` : dataset;
  if (path) box.appendChild(Object.assign(document.createElement('a'), { href: path, textContent: more }));
  return box;
}

async function show(element, { map, maplibre, labels }) {
  const answer = await fetch(element.dataset.city);
  if (!answer.ok) throw new Error(`${element.dataset.city}: ${answer.status}`);
  const places = await answer.json();
  map.addSource('city', { type: 'geojson', data: places });
  const lines = (id, dashed, paint) => map.addLayer({
    id, type: 'line', source: 'city', layout: { 'line-cap': dashed ? 'butt' : 'round', 'line-join': 'round' },
    filter: ['all', ['==', ['geometry-type'], 'LineString'], ['==', ['get', 'dashed'], dashed]],
    paint: { 'line-color': ['get', 'colour'], 'line-width': ['get', 'width'], ...paint },
  }, labels);
  lines('city-casing', 1, { 'line-color': '#fff', 'line-width': ['+', ['get', 'width'], 3] });
  lines('city-line', 0, {});
  lines('city-dashes', 1, { 'line-dasharray': [1.5, 1] });
  map.addLayer({
    id: 'city', type: 'circle', source: 'city', filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': ['case', ['==', ['get', 'place'], 1], 5, 8], 'circle-stroke-color': '#fff', 'circle-stroke-width': 2,
      'circle-color': ['get', 'colour'],
    },
  });
  const layers = ['city', 'city-dashes', 'city-line'];
  map.on('mouseenter', layers, () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', layers, () => { map.getCanvas().style.cursor = ''; });
  map.on('click', layers, ({ features: [place], lngLat }) => {
    new maplibre.Popup({ maxWidth: '18rem' }).setLngLat(lngLat).setDOMContent(card(place.properties, element.dataset.more)).addTo(map);
  });
  element.dataset.places = places.features.length;
}

document.addEventListener('map-ready', ({ target, detail }) => {
  if (target.dataset.city) show(target, detail).catch(error => console.error(error));
});
