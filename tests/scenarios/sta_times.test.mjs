// SPDX-License-Identifier: EUPL-1.2
// Times in filters: each comparison and function, of instants and intervals, on either side, held to what this file
// computes itself. The times lie around an hour in all ways that two times can lie to each other.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { staClient, weatherStation } from './lib/sta.mjs';
import { startTown } from './lib/town.mjs';

const HOUR = [180, 240]; // minutes of the day
const INSTANTS = [60, 179, 180, 181, 239, 240, 241, 300];
const INTERVALS = [[60, 179], [60, 180], [60, 181], [180, 240], [181, 239], [239, 300], [240, 300], [241, 300], [179, 241], [180, 239], [180, 241], [179, 240], [181, 240]];

const instant = minutes => new Date(Date.UTC(2027, 2, 1, 0, minutes)).toISOString().replace('.000', '');
const written = time => (Array.isArray(time) ? time.map(instant).join('/') : instant(time));
const start = time => (Array.isArray(time) ? time[0] : time);
const end = time => (Array.isArray(time) ? time[1] : time);
const isInterval = Array.isArray;
/** An interval holds its start and not its end. */
const before_ = (a, b) => (isInterval(a) ? end(a) <= start(b) : a < start(b));
const overlap = (a, b) => (isInterval(a) && isInterval(b) ? start(a) < end(b) && start(b) < end(a)
  : isInterval(a) ? start(a) <= b && b < end(a) : isInterval(b) ? overlap(b, a) : a === b);
const inside = (a, b) => isInterval(b) && start(b) <= start(a) && (isInterval(a) ? end(a) <= end(b) : a < end(b));

const RELATIONS = {
  lt: before_, gt: (a, b) => before_(b, a),
  le: (a, b) => start(a) <= start(b) && end(a) <= end(b), ge: (a, b) => RELATIONS.le(b, a),
  eq: (a, b) => start(a) === start(b) && end(a) === end(b),
  before: before_, after: (a, b) => before_(b, a),
  meets: (a, b) => end(a) === start(b) || start(a) === end(b),
  during: inside, overlaps: overlap,
  starts: (a, b) => start(a) === start(b), finishes: (a, b) => end(a) === end(b),
};
const asked = (name, a, b) => (name.length === 2 ? `${a} ${name} ${b}` : `${name}(${a}, ${b})`);

let town, sta, full, empty;
/** The same of a MultiDatastream: what is asked of one is asked of both. */
let fullMulti, emptyMulti;
/** What was observed: when, when it was known, for when it holds. */
const OBSERVED = [...INSTANTS.map(time => [time, time, null]), ...INTERVALS.map(time => [time, null, time])];

before(async () => {
  town = await startTown();
  sta = await staClient(town);
  const thing = await sta.post('/Things', weatherStation('Uhr'));
  const [stream] = (await sta.get(`/Things(${thing})/Datastreams?$expand=Sensor,ObservedProperty`)).value;
  full = stream['@iot.id'];
  empty = await sta.post(`/Things(${thing})/Datastreams`, { ...weatherStation('Uhr').Datastreams[0], name: 'leer' });
  const { unitOfMeasurement, ObservedProperty, observationType, ...rest } = weatherStation('Uhr').Datastreams[0];
  const multi = name => sta.post(`/Things(${thing})/MultiDatastreams`, { ...rest, name, observationType, unitOfMeasurements: [unitOfMeasurement], multiObservationDataTypes: [observationType], ObservedProperties: [ObservedProperty] });
  [fullMulti, emptyMulti] = [await multi('Vielfach'), await multi('vielfach leer')];
  for (const [index, [time, known, valid]] of OBSERVED.entries()) {
    const observed = { phenomenonTime: written(time), ...(known && { resultTime: written(known) }), ...(valid && { validTime: written(valid) }) };
    await sta.post(`/Datastreams(${full})/Observations`, { ...observed, result: index });
    await sta.post(`/MultiDatastreams(${fullMulti})/Observations`, { ...observed, result: [index] });
  }
});
after(async () => { await town.stop(); });

async function both(...ways) {
  const answers = await Promise.all(ways.map(async ([path, told]) => {
    const answer = await sta.ask('GET', path);
    return answer.status === 200 ? answer.json().value.map(told).join(' ') : `${answer.status}`;
  }));
  return answers[0] === answers[1] ? answers[0] : `${answers[0]}, of the MultiDatastream ${answers[1]}`;
}

function foundResults(filter) {
  const query = `Observations?$top=100&$orderby=id&$select=result&$filter=${filter}`;
  return both([`/Datastreams(${full})/${query}`, o => o.result], [`/MultiDatastreams(${fullMulti})/${query}`, o => o.result[0]]);
}

/** All of the table that are wrong, at once. */
async function holds(lines, ask) {
  const wrong = [];
  for (const [filter, expected] of lines) {
    const actual = await ask(filter);
    if (actual !== expected) wrong.push(`${filter}: "${actual}", not "${expected}"`);
  }
  assert.deepEqual(wrong, []);
}

const PROPERTIES = [['phenomenonTime', 0], ['resultTime', 1], ['validTime', 2]];
for (const [name, relation] of Object.entries(RELATIONS)) {
  test(`${name}: of an Observation's times, from either side`, async () => {
    const lines = [];
    for (const [property, place] of PROPERTIES) {
      for (const value of [180, HOUR]) {
        const of = test => OBSERVED.map((times, index) => [times[place], index]).filter(([time]) => time !== null && test(time)).map(([, index]) => index).join(' ');
        // What can never be inside an instant is refused rather than answered with nothing.
        const never = name === 'during' && !isInterval(value);
        lines.push([asked(name, property, written(value)), never ? '400' : of(time => relation(time, value))]);
        lines.push([asked(name, written(value), property), name === 'during' && property === 'resultTime' ? '400' : of(time => relation(value, time))]);
      }
    }
    await holds(lines, foundResults);
  });

  test(`${name}: of a stream's times, which begin with its first Observation and end with its last`, async () => {
    const whole = { phenomenonTime: [60, 300], resultTime: [60, 300] };
    const values = [30, 60, 180, 300, 330, HOUR, [30, 60], [30, 300], [30, 330], [60, 300], [60, 330], [300, 330]];
    const lines = Object.entries(whole).flatMap(([property, time]) => values.filter(value => name !== 'during' || isInterval(value))
      .map(value => [asked(name, property, written(value)), relation(time, value) ? 'full' : '']));
    const of = (set, ids, filter) => [`/${set}?$select=id&$filter=id in (${ids}) and ${filter}`, stream => ['full', 'empty'][ids.indexOf(stream['@iot.id'])]];
    await holds(lines, filter => both(of('Datastreams', [full, empty], filter), of('MultiDatastreams', [fullMulti, emptyMulti], filter)));
  });
}

test('durations move instants and intervals, and two instants are apart by one', () => {
  const shifted = (time, minutes) => (isInterval(time) ? time.map(part => part + minutes) : time + minutes);
  const of = (place, test) => OBSERVED.map((times, index) => [times[place], index]).filter(([time]) => time !== null && test(time)).map(([, index]) => index).join(' ');
  const lines = PROPERTIES.flatMap(([property, place]) => [
    [`${property} add duration'PT1H' gt ${instant(300)}`, of(place, time => before_(300, shifted(time, 60)))],
    [`${property} sub duration'PT1H' gt ${instant(180)}`, of(place, time => before_(180, shifted(time, -60)))],
    [`${property} gt ${instant(300)} sub duration'PT1H'`, of(place, time => before_(240, time))],
    [`${property} lt ${written([120, 180])} add duration'PT1H'`, of(place, time => before_(time, HOUR))],
    [`${property} gt ${written([240, 300])} sub duration'PT1H'`, of(place, time => before_(HOUR, time))],
    [`not ${property} lt ${instant(180)} and not ${property} ge ${instant(240)}`, of(place, time => !before_(time, 180) && !RELATIONS.ge(time, 240))],
  ]);
  return holds([...lines, [`phenomenonTime sub ${instant(240)} eq duration'PT1H'`, of(0, time => !isInterval(time) && time - 240 === 60)],
    ['year(phenomenonTime) eq 2027 and year(validTime) eq 2027', of(2, () => true)], ['year(resultTime) eq 2028', '']], foundResults);
});

test('times are ordered by their starts, then by their ends, and none comes first', async () => {
  const order = async by => (await sta.get(`/Datastreams(${full})/Observations?$top=100&$select=result&$orderby=${by}`)).value.map(o => o.result);
  const compare = ([a], [b]) => start(a) - start(b) || end(a) - end(b);
  const sorted = OBSERVED.map((times, index) => [times[0], index]).sort(compare).map(([, index]) => index);
  assert.deepEqual(await order('phenomenonTime,result'), sorted);
  assert.deepEqual((await order('resultTime,result')).slice(0, INTERVALS.length), INTERVALS.map((_, index) => INSTANTS.length + index));
  assert.deepEqual((await order('resultTime desc,result')).slice(0, 2), [7, 6]);
});

test('a Datastream whose Observations are all deleted has no times', async () => {
  const { value } = await sta.get(`/Datastreams(${full})/Observations?$top=100&$select=id`);
  for (const { '@iot.id': id } of value) assert.equal((await sta.ask('DELETE', `/Observations(${id})`)).status, 200);
  for (const id of [full, empty]) {
    const stream = await sta.get(`/Datastreams(${id})`);
    assert.equal(stream.phenomenonTime ?? null, null);
    assert.equal(stream.resultTime ?? null, null);
    assert.equal((await sta.ask('GET', `/Datastreams(${id})/phenomenonTime`)).status, 204);
  }
});
