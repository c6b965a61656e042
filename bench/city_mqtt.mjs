// SPDX-License-Identifier: EUPL-1.2
// Observations over MQTT with QoS 1: how many are acknowledged, each on disk, and whose CPU that takes.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mqttPort } from '../tests/scenarios/lib/mqtt.mjs';
import { staClient, weatherStation } from '../tests/scenarios/lib/sta.mjs';
import { startTown } from '../tests/scenarios/lib/town.mjs';

const stat = pid => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
const cpuSeconds = pid => stat(pid).slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
const childOf = parent => readdirSync('/proc').find(pid => {
  try { return /^\d+$/.test(pid) && stat(pid)[1] === String(parent) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mosquitto'); } catch { return false; }
});

/** `publish(args)` runs bench_mqtt_load and gives what it prints. */
export async function cityMqtt({ note, publish, seconds, connections = 64, inFlight = 20 }) {
  const town = await startTown({ args: ['--mqtt', '127.0.0.1:0'] });
  try {
    const sta = await staClient(town);
    const thing = await sta.post('/Things', weatherStation('Last'));
    const stream = (await sta.get(`/Things(${thing})/Datastreams`)).value[0]['@iot.id'];
    const topic = `v1.1/Datastreams(${stream})/Observations`, mosquitto = childOf(town.pid);
    const before = [town.pid, mosquitto].map(cpuSeconds);
    const measured = JSON.parse(publish(['--port', mqttPort(town), '--key', sta.key, '--topic', topic, '--seconds', seconds, '--connections', connections, '--in-flight', inFlight].map(String)));
    const [own, broker] = [town.pid, mosquitto].map((pid, i) => (cpuSeconds(pid) - before[i]) / measured.acknowledged * 1e6);
    const there = (await sta.get(`/Datastreams(${stream})/Observations?$count=true&$top=0`))['@iot.count'];
    if (there !== measured.acknowledged) throw new Error(`${measured.acknowledged} were acknowledged, ${there} are there`);
    const rate = measured.acknowledged / measured.seconds;
    note(`Observations over MQTT, ${connections} clients, QoS 1, ${inFlight} on their way, each on disk`,
      `${Math.round(rate)}/s; CPU each: Rathaus ${own.toFixed(1)} µs, mosquitto ${broker.toFixed(1)} µs (${Math.round(broker / (own + broker) * 100)} %)`, '>= 40,000/s', rate >= 40000);
  } finally { await town.stop(); }
}
