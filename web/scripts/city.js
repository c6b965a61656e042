// SPDX-License-Identifier: EUPL-1.2
// Sensors and places on the map of [data-city], which names a GeoJSON: a dot for each, and what it
// measures when it is chosen. The lists of the page say the same without a map.

function card({ name, dataset, value, path }, more) {
  const box = document.createElement('div');
  const title = box.appendChild(document.createElement('p'));
  title.append(Object.assign(document.createElement('strong'), { textContent: name }));
  box.appendChild(document.createElement('p')).textContent = value ? `${dataset}: ${value}` : dataset;
  box.appendChild(Object.assign(document.createElement('a'), { href: path, textContent: more }));
  return box;
}

async function show(element, { map, maplibre }) {
  const answer = await fetch(element.dataset.city);
  if (!answer.ok) throw new Error(`${element.dataset.city}: ${answer.status}`);
  const places = await answer.json();
  map.addSource('city', { type: 'geojson', data: places });
  map.addLayer({
    id: 'city', type: 'circle', source: 'city',
    paint: {
      'circle-radius': ['case', ['==', ['get', 'place'], 1], 5, 8], 'circle-stroke-color': '#fff', 'circle-stroke-width': 2,
      'circle-color': ['get', 'colour'],
    },
  });
  map.on('mouseenter', 'city', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'city', () => { map.getCanvas().style.cursor = ''; });
  map.on('click', 'city', ({ features: [place], lngLat }) => {
    new maplibre.Popup({ maxWidth: '18rem' }).setLngLat(lngLat).setDOMContent(card(place.properties, element.dataset.more)).addTo(map);
  });
  element.dataset.places = places.features.length;
}

document.addEventListener('map-ready', ({ target, detail }) => {
  if (target.dataset.city) show(target, detail).catch(error => console.error(error));
});
