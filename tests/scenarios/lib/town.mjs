// SPDX-License-Identifier: EUPL-1.2
// A town for a test: starts the program on a free port with a data folder of its own, and
// visits it as a browser without JavaScript would.
//
//   const town = await startTown({ demo: true });
//   const anna = town.visitor();
//   let page = await anna.get('/');
//   page = await page.follow('Hund anmelden');
//   page = await page.submit({ name: 'Anna' });
//   await town.stop();
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = new URL('../../../', import.meta.url).pathname;
export const program = process.env.RATHAUS ?? join(root, 'build/rathaus');

/** The program's process; `ready` resolves to the address it prints. */
const running = new Set();
process.once('exit', () => running.forEach(child => child.kill('SIGKILL')));

function launch(args, env) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const started = { child, output: '', log: '' };
  const exited = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })));
  Object.defineProperty(started, 'exited', { get() { child.ref(); return exited; } });
  started.ready = new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', text => {
      started.output += text;
      const line = started.output.match(/^Rathaus is ready: (http:\/\/\S+)\//m);
      if (line) resolve(line[1]);
    });
    child.stderr.setEncoding('utf8').on('data', text => { started.log += text; });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`rathaus ended with ${code} before it was ready:\n${started.log}`)));
  });
  return started;
}

/**
 * Start a town. Options: `demo` (default true), `args` (more words for `rathaus serve`), `dataDir`
 * (an existing folder; it is kept), `env`, `port` (default: a free one).
 */
export async function startTown({ demo = true, args = [], dataDir, env = {}, port = 0 } = {}) {
  const town = new Town(dataDir ?? mkdtempSync(join(tmpdir(), 'rathaus-')), dataDir === undefined);
  town.args = ['serve', '--data', town.dataDir, ...(demo ? ['--demo'] : []), ...args];
  town.env = env;
  await town.start(port);
  return town;
}

export class Town {
  constructor(dataDir, temporary) {
    this.dataDir = dataDir;
    this.temporary = temporary;
  }

  async start(port = 0) {
    this.run = launch([...this.args, '--listen', `127.0.0.1:${port}`], this.env);
    this.url = await this.run.ready;
    // A test that failed before it could stop its town must not wait for it for ever.
    const { child } = this.run;
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
    this.port = Number(new URL(this.url).port);
  }

  get pid() { return this.run.child.pid; }
  get log() { return this.run.log; }
  get output() { return this.run.output; }

  /** Kill without warning and wait for the end; the data stay. */
  async kill() {
    this.run.child.kill('SIGKILL');
    return this.run.exited;
  }

  /** Kill (or stop) and start again on the same data and port; `meanwhile` is done while the program is down. */
  async restart({ hard = false, meanwhile } = {}) {
    this.run.child.kill(hard ? 'SIGKILL' : 'SIGTERM');
    await this.run.exited;
    await meanwhile?.();
    await this.start(this.port);
  }

  /** End the program as an operator would; removes a temporary data folder. */
  async stop() {
    this.run.child.kill('SIGTERM');
    const end = await this.run.exited;
    if (this.temporary) rmSync(this.dataDir, { recursive: true, force: true });
    return end;
  }

  visitor(options) { return new Visitor(this, options); }

  /** Mails that lie in a tenant's spool folder, oldest first, as text. */
  mails(tenant = 'musterstadt') {
    const folder = join(this.dataDir, 'tenants', tenant, 'spool');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter(name => name.endsWith('.eml')).sort()
      .map(name => readFileSync(join(folder, name), 'utf8'));
  }

  /** Sign in a member of staff; returns the visitor. */
  async staff(login, password, prefix = '') {
    const visitor = this.visitor();
    const form = await visitor.get(`${prefix}/desk/anmelden`);
    const page = await form.submit({ login, password });
    if (page.url.includes('/desk/anmelden')) throw new Error(`${login} could not sign in:\n${page.words}`);
    return visitor;
  }

  /** Sign in a citizen by the link of a mail; returns the visitor. */
  async citizen(email) {
    const visitor = this.visitor();
    const links = () => this.mails().filter(text => text.includes(email)).map(text => text.replace(/=\r?\n/g, '').match(/\/anmelden\/link\/[\w-]+/)?.[0]).filter(Boolean);
    const known = new Set(links());
    await (await visitor.get('/anmelden')).submit({ email });
    await (await visitor.get(await eventually(() => links().find(link => !known.has(link)), 'the link'))).submit();
    return visitor;
  }

  /** Send bytes as they are and read until the other side closes or `ms` have passed. */
  raw(bytes, { ms = 3000, pieces } = {}) {
    return new Promise(resolve => {
      const socket = net.connect(this.port, '127.0.0.1');
      const received = [];
      const began = Date.now();
      let closed = false;
      const timer = setTimeout(() => socket.destroy(), ms);
      socket.on('data', data => received.push(data));
      socket.on('end', () => { closed = true; socket.end(); });
      socket.on('error', () => { closed = true; });
      socket.on('close', () => {
        clearTimeout(timer);
        resolve({ text: Buffer.concat(received).toString('latin1'), closed, ms: Date.now() - began });
      });
      if (pieces) sendSlowly(socket, pieces);
      else socket.write(bytes);
    });
  }
}

async function sendSlowly(socket, { parts, everyMs }) {
  for (const part of parts) {
    if (socket.destroyed) return;
    socket.write(part);
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}

/** Wait until `fn` gives something true; for what happens behind a request (mails, jobs). */
export async function eventually(fn, what = 'it', ms = 30000) {
  const until = Date.now() + ms;
  for (;;) {
    const value = await fn();
    if (value) return value;
    if (Date.now() > until) throw new Error(`${what} did not happen within ${ms} ms`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** One person with one browser: a cookie jar and a language. */
export class Visitor {
  constructor(town, { headers = {} } = {}) {
    this.town = town;
    this.cookies = new Map();
    this.headers = headers;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  get(path, options) { return this.request('GET', path, options); }

  /** POST fields (a map, or pairs for repeated names) as a form; no CSRF token is added. */
  post(path, fields = {}, options = {}) {
    const body = new URLSearchParams(fields instanceof Array ? fields : Object.entries(fields)).toString();
    return this.request('POST', path, {
      ...options, body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
    });
  }

  /** POST as multipart/form-data: `files` are { field, name, type, bytes }. */
  upload(path, fields, files = [], options = {}) {
    const { body, type } = multipart(fields, files);
    return this.request('POST', path, { ...options, body, headers: { 'content-type': type, ...options.headers } });
  }

  json(method, path, value, options = {}) {
    return this.request(method, path, {
      ...options, body: JSON.stringify(value), headers: { 'content-type': 'application/json', ...options.headers },
    });
  }

  /** Redirects are followed unless `redirect` is false. */
  async request(method, path, { body, headers = {}, redirect = true } = {}) {
    const url = new URL(path, this.town.url);
    const response = await this.#send(method, url, body, headers);
    this.#keepCookies(response.headers['set-cookie'] ?? []);
    const page = new Page(this, url, response);
    const location = response.headers.location;
    if (redirect && location && response.status >= 300) return this.get(new URL(location, url).href);
    return page;
  }

  #send(method, url, body, headers) {
    const cookie = [...this.cookies].filter(([, c]) => (url.pathname + '/').startsWith(c.path))
      .sort((a, b) => b[1].path.length - a[1].path.length)
      .map(([key, c]) => `${key.split(' ')[0]}=${c.value}`).join('; ');
    const all = { ...this.headers, ...(cookie ? { cookie } : {}), ...headers };
    if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method, headers: all, agent: this.agent }, response => {
        const parts = [];
        response.on('data', part => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({
          status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts),
          reused: request.reusedSocket,
        }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  #keepCookies(lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map(part => part.trim());
      const at = pair.indexOf('=');
      const path = attributes.find(a => /^path=/i.test(a))?.slice(5) ?? '/';
      const gone = attributes.some(a => /^max-age=0$/i.test(a));
      const key = `${pair.slice(0, at)} ${path}`;
      if (gone) this.cookies.delete(key);
      else this.cookies.set(key, { value: pair.slice(at + 1), path: path.endsWith('/') ? path : path + '/', line });
    }
  }

  close() { this.agent.destroy(); }
}

export function multipart(fields, files, boundary = 'grenze7MA4YWxkTrZu0gW') {
  const parts = [];
  for (const [name, value] of fields instanceof Array ? fields : Object.entries(fields))
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  for (const file of files) {
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\n`
      + `Content-Type: ${file.type ?? 'application/octet-stream'}\r\n\r\n`, file.bytes, '\r\n');
  }
  parts.push(`--${boundary}--\r\n`);
  return { body: Buffer.concat(parts.map(part => Buffer.from(part))), type: `multipart/form-data; boundary=${boundary}` };
}

/** An answer, with what a test wants to read and do on it. */
export class Page {
  constructor(visitor, url, { status, headers, bytes, reused }) {
    Object.assign(this, { visitor, status, headers, bytes, reused });
    this.url = url.pathname + url.search;
    this.text = bytes.toString('utf8');
  }

  json() { return JSON.parse(this.text); }
  get title() { return decode(this.text.match(/<title>(.*?)<\/title>/s)?.[1] ?? '').trim(); }
  get h1() { return wordsOf(this.text.match(/<h1[^>]*>(.*?)<\/h1>/s)?.[1] ?? ''); }
  /** The visible text of the main part. */
  get words() { return wordsOf(this.text.match(/<main[^>]*>(.*)<\/main>/s)?.[1] ?? this.text); }
  /** Those of the main part first; then head and foot. */
  get links() {
    return this.#mainFirst.flatMap(html => [...html.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)])
      .map(m => ({ href: decode(attributesOf(m[1]).href ?? ''), text: wordsOf(m[2]) }));
  }
  get forms() { return this.#mainFirst.flatMap(html => formsOf(html, this.url)); }
  get #mainFirst() {
    const main = this.text.match(/<main[^>]*>.*<\/main>/s)?.[0] ?? '';
    return [main, this.text.replace(main, '')];
  }
  get csrf() { return this.forms.map(form => form.fields.find(([name]) => name === 'csrf')?.[1]).find(Boolean); }

  /** Open the first link whose text holds (or matches) `text`. */
  follow(text) {
    const link = this.links.find(l => (text instanceof RegExp ? text.test(l.text) : l.text.includes(text)));
    if (!link) throw new Error(`no link "${text}" on ${this.url}; there are: ${this.links.map(l => l.text).join(' | ')}`);
    return this.visitor.get(new URL(link.href, this.visitor.town.url + this.url).href);
  }

  /**
   * Fill in and send a form as it stands on the page. `values` replaces fields by name (an array:
   * several values; null: leave it out). `form`: index, or a part of its action; default: the
   * first POST form. `button`: text of the button to press. `files`: see Visitor.upload.
   */
  submit(values = {}, { form, button, files = [], redirect } = {}) {
    const forms = this.forms;
    const chosen = typeof form === 'number' ? forms[form]
      : typeof form === 'string' ? forms.find(f => f.action.includes(form))
        : forms.find(f => f.method === 'POST' && (!button || f.buttons.some(b => b.text.includes(button))));
    if (!chosen) throw new Error(`no such form on ${this.url} (${this.status}):\n${this.words.slice(0, 2000)}`);
    const pairs = chosen.fields.filter(([name]) => !(name in values));
    for (const [name, value] of Object.entries(values))
      for (const one of value === null ? [] : [value].flat()) pairs.push([name, String(one)]);
    const pressed = button ? chosen.buttons.find(b => b.text.includes(button)) : chosen.buttons[0];
    if (button && !pressed) throw new Error(`no button "${button}" on ${this.url}`);
    if (pressed?.name) pairs.push([pressed.name, pressed.value]);
    const action = new URL(pressed?.action || chosen.action, this.visitor.town.url + this.url);
    const options = redirect === undefined ? {} : { redirect };
    if (chosen.method === 'GET') {
      action.search = new URLSearchParams(pairs).toString();
      return this.visitor.get(action.href, options);
    }
    if (files.length || chosen.multipart) return this.visitor.upload(action.href, pairs, files, options);
    return this.visitor.post(action.href, pairs, options);
  }
}

// --- reading HTML, as far as our own pages need it ------------------------------------------

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', shy: '' };

export function decode(text) {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (all, name) => {
    if (name[0] !== '#') return ENTITIES[name] ?? all;
    return String.fromCodePoint(/^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}

function wordsOf(html) {
  return decode(html.replace(/<(script|style|template)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

function attributesOf(text) {
  const attributes = {};
  for (const m of text.matchAll(/([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g))
    attributes[m[1].toLowerCase()] = decode(m[2] ?? m[3] ?? m[4] ?? '');
  return attributes;
}

function formsOf(html, url) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(m => {
    const attributes = attributesOf(m[1]);
    const form = {
      action: attributes.action || url, method: (attributes.method ?? 'get').toUpperCase(),
      multipart: attributes.enctype === 'multipart/form-data', fields: [], buttons: [],
    };
    for (const control of m[2].matchAll(/<(input|select|textarea|button)\b([^>]*)>(?:(.*?)<\/\1>)?/gs)) readControl(form, control);
    return form;
  });
}

function readControl(form, [, tag, text, inner]) {
  const a = attributesOf(text);
  if (tag === 'button') {
    if ((a.type ?? 'submit') === 'submit')
      form.buttons.push({ text: wordsOf(inner ?? ''), name: a.name, value: a.value ?? '', action: a.formaction });
    return;
  }
  if (!a.name || 'disabled' in a) return;
  if (tag === 'textarea') form.fields.push([a.name, decode((inner ?? '').replace(/^\n/, ''))]);
  else if (tag === 'select') readSelect(form, a.name, inner ?? '');
  else if (a.type === 'submit') form.buttons.push({ text: a.value ?? '', name: a.name, value: a.value ?? '' });
  else if (a.type === 'checkbox' || a.type === 'radio') {
    if ('checked' in a) form.fields.push([a.name, a.value ?? 'on']);
  } else if (a.type !== 'file') form.fields.push([a.name, a.value ?? '']);
}

function readSelect(form, name, inner) {
  const options = [...inner.matchAll(/<option\b([^>]*)>([^<]*)/g)].map(m => ({ ...attributesOf(m[1]), text: decode(m[2]).trim() }));
  const chosen = options.find(o => 'selected' in o) ?? options[0];
  if (chosen) form.fields.push([name, chosen.value ?? chosen.text]);
}
