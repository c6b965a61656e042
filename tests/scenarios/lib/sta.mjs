// SPDX-License-Identifier: EUPL-1.2
// A program that speaks SensorThings with a town.
import { keyOf } from './keys.mjs';

/** `ask(method, path, body, options)` with a key of somebody who may write (`known`: one that was made before), or with none. */
export async function staClient(town, { root = '/sta/v1.1', known } = {}) {
  const key = known ?? await keyOf(await town.staff('admin', 'rathaus-admin'), 'Elif Aydın');
  const visitor = town.visitor(); // one connection for all
  const client = {
    key,
    ask(method, path, body, { as = key, type = 'application/json' } = {}) {
      const headers = as ? { authorization: `Bearer ${as}` } : {};
      const url = `${root}${encodeURI(path)}`;
      return body === undefined ? visitor.request(method, url, { headers })
        : visitor.request(method, url, { headers: { ...headers, 'content-type': type }, body: JSON.stringify(body) });
    },
    async get(path) {
      const answer = await client.ask('GET', path, undefined, { as: null });
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      return answer.json();
    },
    async post(path, body) {
      const answer = await client.ask('POST', path, body);
      if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
      const made = answer.json();
      return made['@iot.id'] ?? made;
    },
  };
  return client;
}

export const point = (x, y) => ({ type: 'Point', coordinates: [x, y] });

/** A Thing with a Location and a Datastream, made at once. */
export const weatherStation = (name, x = 13.7, y = 51) => ({
  name, description: 'Wetterstation', properties: { dach: true, hoehe: 12, adresse: { ort: 'Musterstadt' } },
  Locations: [{ name: `Ort von ${name}`, description: '', encodingType: 'application/geo+json', location: point(x, y) }],
  Datastreams: [{
    name: `Lufttemperatur ${name}`, description: 'in 2 m Höhe',
    observationType: 'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
    unitOfMeasurement: { name: 'Grad Celsius', symbol: '°C', definition: 'ucum:Cel' },
    Sensor: { name: 'SHT85', description: 'Fühler', encodingType: 'application/pdf', metadata: 'https://example.org/sht85.pdf' },
    ObservedProperty: { name: 'Lufttemperatur', definition: 'https://example.org/lufttemperatur', description: '' },
  }],
});
