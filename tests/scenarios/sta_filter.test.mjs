// SPDX-License-Identifier: EUPL-1.2
// $filter: an expression, and what it finds.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { point, staClient } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

/** A dataset of our own: the simulated sensors of the demonstration town go on beside it. */
const ROOT = '/sta/datasets/allgemein/v1.1';
const DAY = '2027-03-01';
/** Times in UTC of one day, "10:00" or "10:00/11:00". */
const at = times => times.split('/').map(time => `${DAY}T${time}:00Z`).join('/');

/* Four Things at the corners of a square and what they measure: name, x, y, properties, Observations
 * as [phenomenonTime, resultTime, result, validTime, parameters]. */
const THINGS = [
  ['Ahorn', 0, 0, { art: 'Baum', alter: 12, gesund: true, maße: { höhe: 3.5, äste: [1, 2, 3] } },
    [['08:00', '08:01', 1], ['09:00', '09:01', 2], ['10:00', null, 3]]],
  ['Birke', 10, 0, { art: 'Baum', alter: 7, gesund: false, maße: { höhe: 8 } }, [['10:00/11:00', '11:00', 4, '10:00/12:00'], ['11:00/12:00', '12:00', 5, '11:00/12:00']]],
  ['Cafétisch', 10, 10, { art: 'Möbel', alter: 12 }, [['12:00', '12:30', 'rot', null, { wer: 'Ö' }], ['13:00', '13:30', '7'], ['14:00', '14:30', true]]],
  ["O'Hara", 0, 10, undefined, [['15:00', '15:30', null], ['16:00', '16:30', -2.5], ['17:00', '17:30', { a: { b: 9 } }], ['18:00', '18:30', [10, 20]]]],
];

let town, sta;
before(async () => {
  town = await startTown();
  sta = await staClient(town, { root: ROOT });
  const property = await sta.post('/ObservedProperties', { name: 'Größe', definition: 'https://example.org/g', description: '' });
  for (const [name, x, y, properties, observations] of THINGS) {
    await sta.post('/Things', {
      name, description: `bei ${name}  `, properties,
      Locations: [{ name: `Platz ${name}`, description: '', encodingType: 'application/geo+json', location: point(x, y) }],
      Datastreams: ['Eins', 'Zwei'].map((stream, i) => ({
        name: `${stream} ${name}`, description: '', observationType: 'x', unitOfMeasurement: { name: i ? 'Grad' : 'Meter', symbol: i ? '°' : 'm', definition: 'u' },
        Sensor: { name: `Fühler ${stream} ${name}`, description: '', encodingType: 'text/html', metadata: 'https://example.org' }, ObservedProperty: { '@iot.id': property },
        Observations: i ? [] : observations.map(([phenomenon, resultTime, result, valid, parameters]) => ({ phenomenonTime: at(phenomenon), result,
          ...(resultTime && { resultTime: at(resultTime) }), ...(valid && { validTime: at(valid) }), ...(parameters && { parameters }) })),
      })),
    });
  }
});
after(async () => { await town.stop(); });

/** Names of what a filter finds, by their first letters. */
async function found(set, filter) {
  const read = await sta.ask('GET', `/${set}?$top=1000&$orderby=id&$filter=${filter}`);
  assert.equal(read.status, 200, `${filter}: ${read.text}`);
  return read.json().value;
}
const things = async filter => (await found('Things', filter)).map(thing => thing.name[0]).join('');
const hours = async filter => (await found('Observations', filter)).map(o => Number(o.phenomenonTime.slice(11, 13))).join(' ');

/** Ask all lines of a table, and tell all that are wrong at once. */
async function holds(ask, table) {
  const wrong = [];
  for (const [filter, expected] of table) {
    const actual = await ask(filter).catch(error => error.message);
    if (actual !== expected) wrong.push(`${filter}: ${actual}, not ${expected}`);
  }
  assert.deepEqual(wrong, []);
}

test('comparisons of texts, and what binds them', () => holds(things, [
  ["name eq 'Ahorn'", 'A'], ["'Ahorn' eq name", 'A'], ["name eq 'ahorn'", ''], ["name ne 'Ahorn'", 'BCO'], ["name gt 'Birke'", 'CO'], ["name ge 'Birke'", 'BCO'], ["name lt 'Birke'", 'A'],
  ["name le 'Birke'", 'AB'], ["name eq 'O''Hara'", 'O'], ["name eq ''", ''], ["name in ('Ahorn', 'Birke')", 'AB'], ["not name eq 'Ahorn'", 'BCO'], ["not (name eq 'Ahorn' or name eq 'Birke')", 'CO'],
  ["name eq 'Ahorn' or name eq 'Birke' and name eq 'Cafétisch'", 'A'], ["(name eq 'Ahorn' or name eq 'Birke') and name eq 'Birke'", 'B'], ["name eq 'Cafétisch'", 'C'],
  ['true', 'ABCO'], ['false', ''], ["name eq description", ''], ["NAME eq 'Ahorn' or name eq 'x'".replace('NAME', 'name').replace('eq', 'EQ'), 'A'],
]));

test('functions of texts', () => holds(things, [
  ["substringof('rk', name)", 'B'], ["substringof('RK', name)", ''], ["contains(name, 'r')", 'ABO'], ["contains(name, '''')", 'O'], ["startswith(name, 'Caf')", 'C'], ["startswith(name, 'x')", ''],
  ["endswith(name, 'n')", 'A'], ["endswith(name, '')", 'ABCO'], ['length(name) eq 5', 'AB'], ['length(name) gt 5', 'CO'], ["indexof(name, 'i') eq 1", 'B'], ["indexof(name, 'z') eq -1", 'ABCO'],
  ["substring(name, 3) eq 'rn'", 'A'], ["substring(name, 1, 2) eq 'ho'", 'A'], ["substring(name, 1, 3) eq 'afé'", 'C'], ["tolower(name) eq 'birke'", 'B'], ["toupper(name) eq 'CAFÉTISCH'", 'C'],
  ["trim(description) eq 'bei Ahorn'", 'A'], ["trim(name) eq name", 'ABCO'], ["concat(name, '!') eq 'Birke!'", 'B'], ["concat(concat('x', name), 'y') eq 'xAhorny'", 'A'],
]));

test('values inside JSON', () => holds(things, [
  ["properties/art eq 'Baum'", 'AB'], ['properties/alter eq 12', 'AC'], ['properties/alter lt 12', 'B'], ['properties/alter ne 12', 'BO'], ['properties/gesund eq true', 'A'], ['properties/gesund eq false', 'B'],
  ['properties/maße/höhe gt 3.4', 'AB'], ['properties/maße/äste[1] eq 2', 'A'], ['properties/maße/äste[9] eq null', 'ABCO'], ['properties/gibt/es/nicht eq 1', ''], ["properties/alter eq '12'", 'AC'],
  ["startswith(properties/art, 'M')", 'C'], ['properties/alter add 1 eq 13', 'AC'], ['properties eq null', 'O'], ['properties ne null', 'ABC'], ['properties/gesund eq null', 'CO'],
  ['properties/alter in (7, 8)', 'B'], ['not properties/alter gt 7', 'B'],
]));

test('arithmetic', () => holds(hours, [
  ['result eq 3', '10'], ['result add 1 eq 3', '9'], ['result sub 1 eq 3', '10'], ['result mul 2 eq 10', '11'], ['result div 2 eq 2.5', '11'], ['result mod 2 eq 1', '8 10 11'], ['5 sub 2 eq result', '10'],
  ['result add 1 mul 2 eq 7', '11'], ['(result add 1) mul 2 eq 8', '10'], ['-result eq 2.5', '16'], ['result eq -2.5', '16'], ['result div 0 eq null and result eq 1', '8'], ['7 div 2 eq 3', '8 9 10 10 11 12 13 14 15 16 17 18'],
  ['round(result) eq -3', '16'], ['round(result div 2) eq 1', '8 9'], ['floor(result) eq -3', '16'], ['floor(result div 2) eq 2', '10 11'], ['ceiling(result) eq -2', '16'], ['ceiling(result div 2) eq 1', '8 9'],
  ['result gt 1e0 and result lt 3.5', '9 10'], ['result eq 3.0', '10'],
]));

test('results of each kind, and none', () => holds(hours, [
  ["result eq 'rot'", '12'], ["result eq '7'", '13'], ['result eq true', '14'], ['result eq null', '15'], ['result ne null', '8 9 10 10 11 12 13 14 16 17 18'], ['result/a/b eq 9', '17'], ['result[1] eq 20', '18'],
  ["startswith(result, 'r')", '12'], ['result gt 3', '10 11'], ['result le 1', '8 16'], ['not result gt 3', '8 9 10 16'], ["parameters/wer eq 'Ö'", '12'], ['parameters eq null and result gt 3', '10 11'],
  ['result gt null', ''], ['resultTime eq null', '10'], ['resultTime ne null and result lt 4', '8 9 16'], ['null eq null and result eq 1', '8'], ['validTime eq null and result gt 2', '10'],
]));

test('instants and their parts', () => holds(hours, [
  [`phenomenonTime lt ${at('09:00')}`, '8'], [`phenomenonTime le ${at('09:00')}`, '8 9'], [`phenomenonTime gt ${at('16:00')}`, '17 18'], [`phenomenonTime ge ${at('17:00')}`, '17 18'], [`phenomenonTime eq ${at('10:00')}`, '10'],
  [`phenomenonTime eq ${DAY}T09:00:00-01:00`, '10'], [`phenomenonTime ne ${at('10:00')} and result lt 3`, '8 9 16'], [`resultTime gt ${at('17:00')}`, '17 18'], [`resultTime le ${at('09:01')}`, '8 9'],
  [`not resultTime lt ${at('17:00')}`, '17 18'], [`${at('17:00')} lt resultTime`, '17 18'], [`resultTime in (${at('08:01')}, ${at('12:30')})`, '8 12'],
  ['year(resultTime) eq 2027 and result eq 1', '8'], ['year(resultTime) eq 2026', ''], ['month(resultTime) eq 3 and result eq 1', '8'], ['month(resultTime) eq 1', ''], ['day(resultTime) eq 1 and result eq 1', '8'],
  ['day(resultTime) eq 2', ''], ['hour(phenomenonTime) eq 9', '9'], ['hour(resultTime) eq 11', '10'], ['minute(resultTime) eq 1', '8 9'], ['minute(resultTime) eq 59', ''], ['second(resultTime) eq 0 and result eq 1', '8'],
  ['second(resultTime) eq 1', ''], ['fractionalseconds(resultTime) eq 0 and result eq 1', '8'], ['fractionalseconds(resultTime) gt 0', ''], [`date(resultTime) eq ${DAY} and result eq 1`, '8'], ['date(resultTime) eq 2027-03-02', ''],
  ['time(resultTime) gt 17:00:00', '17 18'], ['time(resultTime) lt 08:30:00', '8'], ['totaloffsetminutes(resultTime) eq 0 and result eq 1', '8'], ['totaloffsetminutes(resultTime) eq 60', ''],
  ['resultTime gt now() and result eq 1', '8'], ['resultTime lt now()', ''], ['resultTime gt mindatetime() and result eq 1', '8'], ['resultTime lt mindatetime()', ''], ['resultTime lt maxdatetime() and result eq 1', '8'], ['resultTime gt maxdatetime()', ''],
  [`resultTime sub duration'PT1M' eq ${at('08:00')}`, '8'], [`resultTime add duration'P1D' gt 2027-03-02T17:00:00Z`, '17 18'], [`resultTime sub phenomenonTime eq duration'PT1M'`, '8 9'],
  [`phenomenonTime ge 2027-03-02T00:00:00Z sub duration'PT7H'`, '17 18'],
]));

test('intervals, and how they lie', () => holds(hours, [
  [`phenomenonTime lt ${at('10:00/11:00')}`, '8 9'], [`phenomenonTime gt ${at('10:00/11:00')}`, '11 12 13 14 15 16 17 18'], [`phenomenonTime eq ${at('10:00/11:00')}`, '10'], [`before(phenomenonTime, ${at('09:00')})`, '8'],
  [`before(${at('17:00')}, phenomenonTime)`, '18'], [`after(phenomenonTime, ${at('17:00')})`, '18'], [`after(${at('09:00')}, phenomenonTime)`, '8'], [`meets(phenomenonTime, ${at('11:00/12:00')}) and result ne 'rot'`, '10'],
  [`meets(validTime, ${at('12:00/13:00')})`, '10 11'], [`during(phenomenonTime, ${at('09:00/11:00')})`, '9 10 10'], [`during(phenomenonTime, validTime)`, '10 11'], [`during(resultTime, ${at('08:00/09:00')})`, '8'],
  [`overlaps(phenomenonTime, ${at('10:30/11:30')})`, '10 11'], [`overlaps(validTime, ${at('12:00/13:00')})`, ''], [`starts(phenomenonTime, validTime)`, '10 11'], [`starts(${at('11:00')}, validTime)`, '11'],
  [`finishes(phenomenonTime, validTime)`, '11'], [`finishes(${at('11:30/12:00')}, validTime)`, '10 11'], [`phenomenonTime gt ${at('17:00')} sub duration'PT30M'`, '17 18'],
  [`overlaps(phenomenonTime, ${at('10:30')}/PT1H)`, '10 11'],
]));

test('places', () => holds(things, [
  ["geo.distance(Locations/location, geography'POINT(0 0)') lt 1", 'A'], ["geo.distance(Locations/location, geography'POINT(0 0)') gt 11", 'C'], ["geo.length(geography'LINESTRING(0 0, 0 3)') eq 3", 'ABCO'],
  ["geo.length(geography'LINESTRING(0 0, 0 3)') gt 3", ''], ["geo.intersects(Locations/location, geography'LINESTRING(0 0, 10 0)')", 'AB'], ["geo.intersects(Locations/location, geography'POINT(5 5)')", ''],
  ["st_within(Locations/location, geography'POLYGON((-1 -1, 11 -1, 11 1, -1 1, -1 -1))')", 'AB'], ["st_within(Locations/location, geography'POLYGON((1 1, 2 1, 2 2, 1 1))')", ''],
  ["st_equals(Locations/location, geography'POINT(10 10)')", 'C'], ["st_equals(Locations/location, geography'POINT(10 11)')", ''], ["st_disjoint(Locations/location, geography'POINT(0 0)')", 'BCO'],
  ["st_disjoint(Locations/location, geography'POLYGON((-1 -1, 11 -1, 11 11, -1 11, -1 -1))')", ''], ["st_touches(Locations/location, geography'POLYGON((0 0, 5 0, 5 5, 0 0))')", 'A'], ["st_touches(Locations/location, geography'POINT(0 0)')", ''],
  ["st_contains(geography'POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1))', Locations/location)", 'A'], ["st_contains(Locations/location, geography'POINT(10 0)')", 'B'], ["st_intersects(Locations/location, geography'LINESTRING(0 0, 10 10)')", 'AC'],
  ["st_intersects(Locations/location, geography'POINT(1 1)')", ''], ["st_overlaps(geography'POLYGON((0 0, 2 0, 2 2, 0 0))', geography'POLYGON((1 0, 3 0, 3 2, 1 0))')", 'ABCO'], ["st_overlaps(Locations/location, geography'POINT(0 0)')", ''],
  ["st_crosses(geography'LINESTRING(0 0, 2 2)', geography'LINESTRING(0 2, 2 0)')", 'ABCO'], ["st_crosses(Locations/location, geography'LINESTRING(0 0, 10 0)')", ''],
  ["st_relate(Locations/location, geography'POINT(0 0)', 'T********')", 'A'], ["st_relate(Locations/location, geography'POINT(0 0)', 'FF*FF****')", 'BCO'], ['Locations/location/coordinates[0] eq 10', 'BC'],
]));

test('relations in both directions, and of one or of some', async () => {
  await holds(things, [
    ["Datastreams/name eq 'Zwei Birke'", 'B'], ["Datastreams/Sensor/name eq 'Fühler Eins Ahorn'", 'A'], ['Datastreams/Observations/result eq 4', 'B'], ["Datastreams/ObservedProperty/name eq 'Größe'", 'ABCO'],
    ["Datastreams/unitOfMeasurement/symbol eq 'm' and Datastreams/name eq 'Eins Ahorn'", 'A'], ["Datastreams/unitOfMeasurement/symbol eq 'm' and Datastreams/name eq 'Zwei Ahorn'", ''],
    ["Datastreams/any(a: a/name eq 'Eins Ahorn') and Datastreams/any(b: b/name eq 'Zwei Ahorn')", 'A'], ['Datastreams/any()', 'ABCO'], ['MultiDatastreams/any()', ''], ["not Datastreams/any(d: d/name eq 'Eins Ahorn')", 'BCO'],
    ["Locations/HistoricalLocations/Thing/name eq 'Birke'", 'B'], ['Datastreams/Observations/any(o: o/result gt 3)', 'B'], [`HistoricalLocations/time gt ${DAY}T00:00:00Z`, ''], ['HistoricalLocations/time lt now() add duration\'P1D\'', 'ABCO'],
  ]);
  await holds(hours, [
    ["Datastream/name eq 'Eins Ahorn'", '8 9 10'], ["Datastream/Thing/name eq 'Birke'", '10 11'], ["Datastream/Thing/properties/art eq 'Möbel'", '12 13 14'], ["FeatureOfInterest/name eq 'Platz O''Hara'", '15 16 17 18'],
    ['MultiDatastream/id eq null and result eq 1', '8'], ["st_within(FeatureOfInterest/feature, geography'POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1))')", '8 9 10'], ["Datastream/Thing/Locations/name eq 'Platz Birke'", '10 11'],
    ['Datastream/Observations/result eq 4', '10 11'],
  ]);
  const names = set => async filter => (await found(set, filter)).map(entity => entity.name).join(', ');
  await holds(names('FeaturesOfInterest'), [['Observations/result eq 4', 'Platz Birke'], ["Observations/Datastream/Thing/name eq 'Ahorn'", 'Platz Ahorn'], ['Observations/result eq 99', ''], ['not Observations/any()', '']]);
  await holds(names('Sensors'), [["Datastreams/Thing/name eq 'Ahorn'", 'Fühler Eins Ahorn, Fühler Zwei Ahorn'], ['Datastreams/Observations/any()', 'Fühler Eins Ahorn, Fühler Eins Birke, Fühler Eins Cafétisch, Fühler Eins O\'Hara']]);
  await holds(names('Datastreams'), [[`phenomenonTime lt ${at('10:30')}`, 'Eins Ahorn'], [`resultTime gt ${at('15:00')}`, "Eins O'Hara"], ["resultTime eq null and Thing/name eq 'Ahorn'", 'Zwei Ahorn'],
    [`overlaps(phenomenonTime, ${at('11:30/12:30')})`, 'Eins Birke, Eins Cafétisch']]);
  await holds(names('Locations'), [["Things/Datastreams/name eq 'Eins Birke'", 'Platz Birke'], ["Things/name eq 'Ahorn' or HistoricalLocations/Thing/name eq 'Birke'", 'Platz Ahorn, Platz Birke']]);
});

test('keys', async () => {
  const all = await found('Things', 'true'), [first, second] = all.map(thing => thing['@iot.id']);
  await holds(things, [[`id eq ${first}`, 'A'], [`@iot.id eq ${first}`, 'A'], [`id in (${first}, ${second})`, 'AB'], [`id gt ${first}`, 'BCO'], [`id ne ${first} and id le ${second}`, 'B'], [`id eq '${first}'`, 'A'], ['id eq 0', '']]);
  const [observation] = await found('Observations', 'result eq 4');
  await holds(hours, [[`id eq ${observation['@iot.id']}`, '10'], [`id in (${observation['@iot.id']}, 1)`, '10'], [`id eq ${observation['@iot.id']} and result eq 5`, '']]);
});

test('what is expanded is filtered and sorted, too', async () => {
  const [thing] = (await sta.get("/Things?$filter=name eq 'Ahorn'&$expand=Datastreams($filter=startswith(name, 'Eins');$expand=Observations($filter=result gt 1;$orderby=result desc;$select=result))")).value;
  assert.deepEqual(thing.Datastreams.map(d => d.Observations), [[{ result: 3 }, { result: 2 }]]);
  const order = async by => (await sta.get(`/Observations?$orderby=${by}&$select=result&$filter=Datastream/Thing/name eq 'O''Hara'`)).value.map(o => JSON.stringify(o.result));
  assert.equal((await order('result'))[0], 'null');
  assert.equal((await order('result desc')).at(-1), 'null');
  assert.deepEqual((await sta.get('/Things?$orderby=properties/alter desc,name&$select=name')).value.map(t => t.name[0]), ['A', 'C', 'B', 'O']);
  assert.deepEqual((await sta.get("/Datastreams?$orderby=Thing/name desc,name desc&$select=name&$top=2")).value.map(d => d.name), ["Zwei O'Hara", "Eins O'Hara"]);
});

test('what cannot be asked is told, not guessed', async () => {
  for (const filter of ['name eq 5 add', "length(5) eq 1", "substring('a') eq 'b'", 'gibtesnicht(name)', 'name eq "Ahorn"', "year(name) eq 1", "Datastreams/farbe eq 1", "geo.distance(name, geography'POINT(0 0)') lt 1",
    "st_within(Locations/location, geography'POLYGON((0 0')", 'name eq 1 eq 2 eq', "duration'P1X' eq 1", '((((', `resultTime gt ${DAY}T25:00:00Z`, "name in ()", 'Datastreams/any(d d/name)', 'result gt', '$filter', "'a"]) {
    const answer = await sta.ask('GET', `/Things?$filter=${filter}`);
    assert.equal(answer.status, 400, `${filter}: ${answer.text}`);
    assert.match(answer.json().message, /character|option|\$filter/, filter);
  }
});
