#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// An SMTP server for tests (RFC 5321), which fails on purpose as real ones do by accident.
//
//   smtp.mjs --dir FOLDER [--port N] [--fail-rate 0.3] [--seed 1] [--slow-ms 200]
//
// prints {"port":N} when it listens. A message that was accepted is a file in the folder before
// "250" is said: Return-Path and Delivered-To, then the message as it came. The seed decides
// which attempts fail, and how:
//   refuse-sender    451 to MAIL
//   refuse-recipient 451 to RCPT
//   refuse-data      451 to DATA
//   refuse-message   451 behind the message, which is not kept
//   lose-message     hangs up behind the message, which is not kept
//   lose-answer      hangs up behind the message, which IS kept: the client must send it again
//   slow             answers late
// Recipients "refused@..." are refused for good (550).
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const failures = ['refuse-sender', 'refuse-recipient', 'refuse-data', 'refuse-message',
  'lose-message', 'lose-answer', 'slow'];

const sizeMax = 32 * 1024 * 1024;

/** mulberry32: numbers in [0, 1), the same for the same seed. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Write so that it survives the machine's sudden end. */
function save(dir, name, bytes) {
  const file = openSync(join(dir, name), 'wx');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  const folder = openSync(dir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

class Session {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.input = Buffer.alloc(0);
    this.greeted = false;
    this.forget();
    socket.on('data', bytes => this.read(bytes));
    socket.on('error', () => {});
    this.say(220, 'test.invalid ESMTP');
  }

  forget() {
    this.sender = null;
    this.recipients = [];
    this.inData = false;
    this.failure = null;
  }

  say(code, text) {
    const answer = `${code} ${text}\r\n`;
    if (this.failure === 'slow')
      setTimeout(() => this.socket.destroyed || this.socket.write(answer), this.server.slowMs);
    else
      this.socket.write(answer);
  }

  read(bytes) {
    this.input = Buffer.concat([this.input, bytes]);
    while (!this.socket.destroyed) {
      const end = this.inData ? this.input.indexOf('\r\n.\r\n') : this.input.indexOf('\r\n');
      if (end < 0) {
        if (this.input.length > sizeMax) this.socket.destroy();
        return;
      }
      const part = this.input.subarray(0, end + (this.inData ? 2 : 0));
      this.input = this.input.subarray(end + (this.inData ? 5 : 2));
      if (this.inData) this.message(part);
      else this.command(part.toString('latin1'));
    }
  }

  command(line) {
    const [, verb = '', rest = ''] = line.match(/^(\S+)\s*(.*)$/) ?? [];
    const handler = this[`on${verb.toUpperCase()}`];
    if (!handler || verb.length !== 4) this.say(500, 'not understood');
    else handler.call(this, rest);
  }

  onEHLO(name) {
    if (!name) return this.say(501, 'who are you');
    this.forget();
    this.greeted = true;
    this.socket.write(`250-test.invalid\r\n250-8BITMIME\r\n250 SIZE ${sizeMax}\r\n`);
  }

  onHELO(name) {
    if (!name) return this.say(501, 'who are you');
    this.forget();
    this.greeted = true;
    this.say(250, 'test.invalid');
  }

  onMAIL(rest) {
    const sender = rest.match(/^FROM:<([^<>\s]*)>/i);
    if (!this.greeted || this.sender !== null) return this.say(503, 'bad order');
    if (!sender) return this.say(501, 'no sender');
    this.failure = this.server.chooseFailure();
    if (this.failure === 'refuse-sender') return this.say(451, '4.3.0 try again later');
    this.sender = sender[1];
    this.say(250, 'ok');
  }

  onRCPT(rest) {
    const recipient = rest.match(/^TO:<([^<>\s]+@[^<>\s]+)>/i);
    if (this.sender === null) return this.say(503, 'bad order');
    if (!recipient) return this.say(501, 'no recipient');
    if (recipient[1].startsWith('refused@')) return this.say(550, '5.1.1 no such mailbox');
    if (this.failure === 'refuse-recipient') return this.say(451, '4.7.1 greylisted');
    this.recipients.push(recipient[1]);
    this.say(250, 'ok');
  }

  onDATA() {
    if (!this.recipients.length) return this.say(503, 'bad order');
    if (this.failure === 'refuse-data') return this.say(451, '4.3.0 try again later');
    // The end is CRLF.CRLF; an empty message has its first CRLF here.
    this.input = Buffer.concat([Buffer.from('\r\n'), this.input]);
    this.inData = true;
    this.say(354, 'go on');
  }

  message(part) {
    const text = part.subarray(2).toString('latin1').replace(/^\.\./gm, '.');
    this.inData = false;
    if (this.failure === 'lose-message') return this.socket.destroy();
    if (this.failure === 'refuse-message') {
      this.say(451, '4.3.0 try again later');
      return this.forget();
    }
    this.server.keep(this.sender, this.recipients, text);
    if (this.failure === 'lose-answer') return this.socket.destroy();
    this.say(250, '2.0.0 accepted');
    this.forget();
  }

  onRSET() { this.forget(); this.say(250, 'ok'); }
  onNOOP() { this.say(250, 'ok'); }
  onVRFY() { this.say(252, 'send it and see'); }
  onQUIT() { this.failure = null; this.say(221, 'bye'); this.socket.end(); }
}

export class SmtpServer {
  constructor({ dir, port = 0, failRate = 0, seed = 1, slowMs = 200, failure } = {}) {
    Object.assign(this, { dir, wantedPort: port, failRate, slowMs, failure });
    this.random = random(seed);
    this.attempts = {};
    mkdirSync(dir, { recursive: true });
    this.count = readdirSync(dir).length;
  }

  /** What goes wrong with the next message; `failure` fixes it. */
  chooseFailure() {
    const fails = this.random() < this.failRate;
    const kind = failures[Math.floor(this.random() * failures.length)];
    const chosen = this.failure ?? (fails ? kind : 'none');
    this.attempts[chosen] = (this.attempts[chosen] ?? 0) + 1;
    return chosen;
  }

  keep(sender, recipients, text) {
    const id = text.match(/^Message-ID:\s*<([^>\r\n]*)>/im)?.[1] ?? 'none';
    const name = `${String(++this.count).padStart(6, '0')}-${id.replace(/[^\w.@=-]/g, '_')}.eml`;
    const head = `Return-Path: <${sender}>\r\n` + recipients.map(r => `Delivered-To: ${r}\r\n`).join('');
    save(this.dir, name.slice(0, 200), Buffer.from(head + text, 'latin1'));
  }

  async start() {
    this.sockets = new Set();
    this.server = net.createServer(socket => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      new Session(this, socket);
    });
    await new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.wantedPort, '127.0.0.1', resolve);
    });
    this.port = this.server.address().port;
    this.url = `smtp://127.0.0.1:${this.port}`;
    return this;
  }

  /** The kept messages, oldest first. */
  messages() {
    return readdirSync(this.dir).sort().map(file => readFileSync(join(this.dir, file), 'latin1'));
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }
}

/** Start a server in this process; see SmtpServer for the options. */
export const startSmtp = options => new SmtpServer(options).start();

async function main(words) {
  const options = {};
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    if (!['dir', 'port', 'failRate', 'seed', 'slowMs', 'failure'].includes(name) || words[i + 1] === undefined)
      throw new Error(`smtp.mjs: unknown option or missing value: ${words[i]}`);
    options[name] = ['dir', 'failure'].includes(name) ? words[i + 1] : Number(words[i + 1]);
  }
  if (!options.dir) throw new Error('smtp.mjs: --dir FOLDER is needed');
  const server = await startSmtp(options);
  console.log(JSON.stringify({ port: server.port }));
  process.once('SIGTERM', () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  main(process.argv.slice(2)).catch(error => {
    console.error(error.message);
    process.exit(1);
  });
