// SPDX-License-Identifier: EUPL-1.2
// What a citizen types comes back as text, wherever it is read: never as a tag, a template, a link, a header.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, assess, dogApplication, applications } from './lib/dogs.mjs';
import { eventually, startTown } from './lib/town.mjs';

const TAG = '<img src=x onerror=alert(1)>';
const NAME = `O'"><script>alert(2)</script>`;
const TEMPLATE = '{{1+1}}{% c exit %}';
const MARKDOWN = '[klick](javascript:alert(3)) ![x](http://boese.example/x.png) **fett**';
const scratch = mkdtempSync(join(tmpdir(), 'rathaus-attack-'));
let town, clerk, status, number;

before(async () => {
  town = await startTown();
  clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const body = await dogApplication(town, { dog: { name: TEMPLATE, farbe: TAG, versicherung: MARKDOWN, versicherung_nummer: '=1+1' } });
  body.person.familienname = NAME;
  body.person.vornamen = TEMPLATE;
  body.anschrift.strasse = TAG;
  const answer = await town.visitor().json('POST', applications, body);
  assert.equal(answer.status, 201, answer.text);
  number = answer.json().caseNumber;
  status = new URL(answer.json().statusUrl).pathname;
});
after(async () => { await town?.stop(); rmSync(scratch, { recursive: true, force: true }); });

/** Nothing of what was typed is markup on this page. */
function isHarmless(page) {
  const html = page.text.replace(/<script type="module" src="[^"]*"><\/script>/g, '');
  assert.doesNotMatch(html, /<img[^>]*onerror/i, page.url);
  assert.doesNotMatch(html, /<script/i, page.url);
  assert.doesNotMatch(html, /href="\s*javascript:/i, page.url);
  assert.doesNotMatch(html, /boese\.example\/x\.png"/, page.url);
}

test('on every page that shows it', async () => {
  const citizen = town.visitor();
  const admin = await town.staff('admin', 'rathaus-admin');
  const pages = [
    await citizen.get(status), await clerk.get('/desk'), await clerk.get('/desk/vorgaenge'), await clerk.get('/desk/vorgaenge/1'),
    await clerk.get(`/desk/suche?suche=${encodeURIComponent(NAME)}`), await clerk.get('/desk/vorgaenge/1/entscheidung/festsetzen'),
    await citizen.get(`/dienste?suche=${encodeURIComponent(NAME)}`), await citizen.get(`/${encodeURIComponent(NAME)}`),
    await citizen.get(`/desk/anmelden?weiter=${encodeURIComponent('javascript:alert(1)')}`), await admin.get('/desk/post'),
  ];
  for (const page of pages) isHarmless(page);
  assert.ok(pages[3].words.includes(NAME) && pages[3].words.includes(TEMPLATE) && pages[3].words.includes(TAG), 'and stands there as it was typed');
});

test('in the notice, its preview, the register, the charge', async () => {
  const preview = await (await clerk.get('/desk/vorgaenge/1/entscheidung/festsetzen')).submit({ marke_von: '1001', hinweis: MARKDOWN }, { button: 'Brief ansehen' });
  isHarmless(preview);
  assert.ok(preview.words.includes(TEMPLATE), 'a template stays text');
  await assess(clerk, 1);
  for (const path of ['/desk/register/hund', '/desk/register/hund/1', '/desk/vorgaenge/1']) isHarmless(await clerk.get(path));
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  for (const path of ['/desk/kasse/forderungen', '/desk/kasse/forderungen/1']) isHarmless(await treasury.get(path));
  const citizen = town.visitor();
  const link = await eventually(async () => (await citizen.get(status)).links.find(l => /Bescheid|Hundesteuer|Festsetzung/.test(l.text) && /dokument/.test(l.href)), 'the notice', 60000);
  const pdf = await citizen.get(link.href);
  writeFileSync(join(scratch, 'n.pdf'), pdf.bytes);
  const text = execFileSync('pdftotext', ['-raw', join(scratch, 'n.pdf'), '-'], { encoding: 'utf8' }).replace(/\s+/g, ' ');
  assert.ok(text.includes('{{1+1}}'), 'a template stays text in the letter');
  assert.doesNotMatch(execFileSync('strings', ['-a', join(scratch, 'n.pdf')], { encoding: 'latin1', maxBuffer: 1 << 26 }), /\/JavaScript|\/Launch|boese\.example/);
});

test('in mails: no header of a citizen\'s own, and text is plain text', async () => {
  for (const mail of await eventually(() => town.mails().length && town.mails(), 'the mails')) {
    const head = mail.split(/\r?\n\r?\n/)[0];
    assert.doesNotMatch(head, /^(Bcc|Cc):/mi);
    assert.equal(head.match(/^To:/gmi).length, 1);
    assert.match(head, /^Content-Type: text\/plain/mi);
  }
});

test('line breaks and control characters in names, addresses, file names', async () => {
  const visitor = town.visitor();
  const refuse = async change => {
    const body = await dogApplication(town, { chip: '276098100002001' });
    change(body);
    const answer = await visitor.json('POST', applications, body);
    assert.ok(answer.status === 422 || answer.status === 201, `${answer.status} ${answer.text}`);
    return answer;
  };
  for (const email of ['a@b.example\r\nBcc: c@d.example', 'a@b.example,c@d.example', 'a@b.example>', '<a@b.example', 'a@b.example\0'])
    assert.equal((await refuse(body => { body.person.email = email; })).status, 422, JSON.stringify(email));
  const named = await refuse(body => {
    body.person.familienname = 'Muster\r\nBcc: c@d.example';
    body.hunde[0].versicherung_nachweis[0].name = '../../"\r\nX-Evil: 1\u202Efdp.exe';
  });
  if (named.status !== 201) return;
  const page = await visitor.get(new URL(named.json().statusUrl).pathname);
  for (const link of page.links.filter(l => /dokument/.test(l.href))) {
    const file = await visitor.get(link.href);
    assert.equal(file.headers['x-evil'], undefined);
    assert.doesNotMatch(file.headers['content-disposition'] ?? '', /[\r\n/]|\.\./);
    assert.equal(file.headers['x-content-type-options'], 'nosniff');
  }
});

test('no parameter leads to another host', async () => {
  for (const target of ['https://boese.example/', '//boese.example/', '/\\boese.example/', 'javascript:alert(1)', '/%2f/boese.example', '\thttps://boese.example']) {
    const visitor = town.visitor();
    const form = await visitor.get(`/desk/anmelden?weiter=${encodeURIComponent(target)}`);
    const answer = await form.submit({ login: 'kurz', password: 'hundesteuer-kurz' }, { redirect: false });
    assert.equal(answer.status, 303);
    const { host } = new URL(answer.headers.location, town.url);
    assert.equal(host, new URL(town.url).host, target);
    const lang = await visitor.get(`/?lang=en&weiter=${encodeURIComponent(target)}`, { redirect: false });
    assert.ok(!lang.headers.location || new URL(lang.headers.location, town.url).host === new URL(town.url).host);
  }
});
