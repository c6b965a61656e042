// SPDX-License-Identifier: EUPL-1.2
// A small MQTT client, 3.1.1 or 5: what the tests need of it, and what a client of the shelf would hide.
import net from 'node:net';
import { eventually } from './town.mjs';

const text = value => { const bytes = Buffer.from(value); return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]); };

function packet(head, ...parts) {
  const body = Buffer.concat(parts), length = [];
  let rest = body.length;
  do { length.push((rest & 127) | (rest > 127 ? 128 : 0)); rest >>= 7; } while (rest);
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}

let clients = 0;

/** Where the town listens for MQTT: the port that it printed. */
export const mqttPort = town => Number(town.output.match(/MQTT is ready: mqtt:\/\/127\.0\.0\.1:(\d+)/)[1]);

export class MqttClient {
  constructor(port, { version = 4, id = `test-${process.pid}-${clients++}`, user, key, clean = true, will } = {}) {
    Object.assign(this, { version, messages: [], waiting: new Map(), number: 0, closed: false, buffer: Buffer.alloc(0) });
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.on('data', bytes => this.#take(bytes)).on('error', () => {}).on('close', () => {
      this.closed = true;
      for (const one of this.waiting.values()) one.reject(new Error('the connection was closed'));
      this.waiting.clear();
    });
    const flags = (clean ? 2 : 0) | (key === undefined ? 0 : 0xc0) | (will ? 4 : 0);
    const properties = version === 5 ? [Buffer.from([clean ? 0 : 5]), ...(clean ? [] : [Buffer.from([0x11, 0, 0, 0xe, 0x10])])] : [];
    this.socket.write(packet(0x10, text('MQTT'), Buffer.from([version, flags, 0, 60]), ...properties, text(id),
      ...(will ? [...(version === 5 ? [Buffer.from([0])] : []), text(will.topic), text(will.payload)] : []),
      ...(key === undefined ? [] : [text(user ?? 'geraet'), text(key)])));
    this.connected = this.#answer('connect');
  }

  /** Connected, or an error that says the code of the refusal. */
  static async connect(port, options) {
    const client = new MqttClient(port, options);
    const code = (await client.connected)[1];
    if (code) { client.socket.destroy(); throw Object.assign(new Error(`refused with ${code}`), { code }); }
    return client;
  }

  #answer(key) { return new Promise((resolve, reject) => this.waiting.set(key, { resolve, reject })); }

  #take(bytes) {
    this.buffer = Buffer.concat([this.buffer, bytes]);
    for (;;) {
      let at = 1, length = 0, shift = 0;
      for (;; at++) {
        if (at >= this.buffer.length) return;
        length |= (this.buffer[at] & 127) << shift;
        shift += 7;
        if (this.buffer[at] < 128) break;
      }
      if (this.buffer.length < at + 1 + length) return;
      const body = this.buffer.subarray(at + 1, at + 1 + length), head = this.buffer[0];
      this.buffer = this.buffer.subarray(at + 1 + length);
      this.#handle(head, body);
    }
  }

  #settle(key, value) {
    this.waiting.get(key)?.resolve(value);
    this.waiting.delete(key);
  }

  #handle(head, body) {
    const kind = head >> 4;
    if (kind === 2) this.#settle('connect', body);
    else if (kind === 4) this.#settle(`publish ${body.readUInt16BE(0)}`, body[2] ?? 0);
    else if (kind === 9 || kind === 11) this.#settle(`${kind} ${body.readUInt16BE(0)}`, [...body.subarray(this.version === 5 ? 3 : 2)]);
    else if (kind === 3) this.#message(head, body);
  }

  #message(head, body) {
    const qos = head >> 1 & 3, length = body.readUInt16BE(0), topic = body.toString('utf8', 2, 2 + length);
    let at = 2 + length;
    if (qos) { this.socket.write(packet(0x40, body.subarray(at, at + 2))); at += 2; }
    if (this.version === 5) at += 1 + body[at];
    this.messages.push({ topic, text: body.toString('utf8', at) });
  }

  #next() { this.number = this.number % 65535 + 1; return this.number; }
  static #two(number) { return Buffer.from([number >> 8, number & 255]); }

  /** Acknowledged: the reason code (0 in 3.1.1). A value that is no text is sent as JSON. */
  publish(topic, value, { qos = 1, retain = false } = {}) {
    const payload = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const number = this.#next(), properties = this.version === 5 ? [Buffer.from([0])] : [];
    const answered = qos ? this.#answer(`publish ${number}`) : undefined;
    this.socket.write(packet(0x30 | qos << 1 | (retain ? 1 : 0), text(topic), ...(qos ? [MqttClient.#two(number)] : []), ...properties, payload));
    return answered;
  }

  /** The granted QoS of each topic; 128 and above is a refusal. */
  subscribe(...topics) {
    const number = this.#next(), answered = this.#answer(`9 ${number}`);
    this.socket.write(packet(0x82, MqttClient.#two(number), ...(this.version === 5 ? [Buffer.from([0])] : []), ...topics.flatMap(topic => [text(topic), Buffer.from([1])])));
    return answered;
  }

  unsubscribe(topic) {
    const number = this.#next(), answered = this.#answer(`11 ${number}`);
    this.socket.write(packet(0xa2, MqttClient.#two(number), ...(this.version === 5 ? [Buffer.from([0])] : []), text(topic)));
    return answered;
  }

  /** The first message to the topic that has not been taken yet, as JSON. */
  async next(topic) {
    const found = () => this.messages.findIndex(message => message.topic === topic);
    await eventually(() => found() >= 0 || this.closed, `a message to ${topic}`, 10000);
    const [message] = this.messages.splice(found(), 1);
    return JSON.parse(message.text);
  }

  ended() { return eventually(() => this.closed, 'the end of the connection', 40000); }
  disconnect() { this.socket.write(packet(0xe0)); }
  close() { this.socket.destroy(); }
}
