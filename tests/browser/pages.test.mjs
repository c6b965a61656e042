// SPDX-License-Identifier: EUPL-1.2
// Every page of the route table in a browser: axe without a finding, no sideways scrolling, a silent console; wide and
// light, narrow and dark, and as narrow as a window of 1280 pixels magnified four times. A new route is looked at
// without a word here, but for the ids in its path.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { apply, assess, dearCase, directDebit, importStatement, statement } from '../scenarios/lib/dogs.mjs';
import { eventually, program, startTown } from '../scenarios/lib/town.mjs';
import { writeModel } from '../scenarios/lib/valley.mjs';
import { checkPage, openBrowser, screenshot, sidewaysScroll } from './lib/browser.mjs';

const routes = JSON.parse(execFileSync(program, ['routes', '--json'], { encoding: 'utf8' }));
// Answers that are no pages: files, streams, machines' formats.
const NO_PAGES = ['/desk/register/:register/einlesen/:bericht', '/daten/katalog.jsonld', '/daten/:datei', '/healthz', '/readyz', '/metrics', '/assets/:file', '/wappen.png',
  '/status/:token/daten.json', '/meine-daten.json',
  '/desk/register/:register/:eintrag/briefe/:brief', '/desk/laeufe/:id/ausgelassen.csv', '/desk/laeufe/:id/dateien/:name', '/desk/briefe/:id/:name', '/postfach/briefe/:id',
  '/desk/register/:register/export.csv', '/desk/register/:register/export.json',
  '/desk/datenschutz/verzeichnis.csv', '/desk/datenschutz/verzeichnis.json',
  '/stadtdaten/karte.geojson', '/stadtdaten/reihe/:id/werte.json', '/karte/grund', '/karte/grund/:z/:x/:y', '/karten/:set', '/karten/:set/:z/:x/:y', '/starkregen/bild.png', '/starkregen/punkt', '/starkregen/kacheln/:ebene/:z/:x/:y', '/desk/zwilling/:id/bild.png', '/desk/zwilling/:id/unterschied.png', '/desk/zwilling/:id/punkt', '/desk/zwilling/:id/pfeile',
  '/stadtdaten/orte.geojson', '/stadtdaten/orte/:id/foto/:photo',
  '/stadtdaten/verkehr.geojson',
  '/desk/zwilling/:id/kacheln/:ebene/:z/:x/:y', '/desk/zwilling/:id/haeuser.csv', '/desk/zwilling/:id/bericht.pdf', '/desk/zwilling/:id/vergleich.pdf', '/desk/zwilling/:id/haeuser.geojson', '/desk/zwilling/:id/ereignisse',
  '/desk/auftraege/:id/ereignisse', '/desk/vorgaenge/:id/dokumente/:dokument', '/status/:token/dokument/:id', '/antrag/:token/datei/:sha256',
  '/desk/kasse/lastschriften/:id/datei', '/desk/kasse/erstattungen/datei/:id',
  '/desk/kasse/abschluesse/:id/csv', '/desk/kasse/buchungen/datei', '/desk/kasse/vollstreckung/:id/:format'];
const patterns = routes.filter(route => route.method === 'GET' && !NO_PAGES.includes(route.pattern) && !route.flags.includes('api'));

const MODES = {
  wide: { width: 1280 },
  'narrow-dark': { width: 390, dark: true },
};
const MAGNIFIED = 320; // a window of 1280 pixels, four times as large

let town, browser, paths;
const cookies = {};

/** The paths of a pattern in this town. */
async function prepare() {
  const open = await apply(town, { chip: '276098100000101', complete: false });
  // Somebody without an open case, for the annual run.
  await apply(town, { chip: '276098100000102', change: { person: { familienname: 'Beispiel', vornamen: 'Ute', geburtsdatum: '1970-05-05', email: 'ute.beispiel@example.org' } } });
  const asked = await apply(town, { chip: '276098100000103', complete: false });
  const clerk = await town.staff('kurz', 'hundesteuer-kurz');
  const treasury = await town.staff('brandt', 'stadtkasse-brandt');
  const admin = await town.staff('admin', 'rathaus-admin');
  await assess(clerk, 2);
  await (await (await clerk.get('/desk/vorgaenge/3')).submit({}, { form: 'nachfordern' })).submit({}, { form: 'senden' });
  const job = await importStatement(treasury, statement([{ amount: '5.00' }]));
  const collection = (await directDebit(treasury)).url;
  const reference = (await treasury.get('/desk/kasse/forderungen')).links.find(l => /forderungen\/\d+/.test(l.href)).href;
  const stop = await (await treasury.get(`${reference}/entscheiden?art=mahnsperre`)).submit({ grund: 'Die Anschrift wird geprüft.' });
  const proposal = await (await treasury.get(`${reference}/entscheiden?art=erlass`)).submit({ betrag: '1', grund: 'Härte' });
  await treasury.post('/desk/kasse/mahnen', { csrf: stop.csrf, gesehen: createHash('sha256').digest('hex') }); // that nobody is dunned
  const closing = await (await treasury.get('/desk/kasse/abschluesse/neu')).submit({ erklaerung: 'Der Auszug fehlt noch.' }, { button: 'abschließen' });
  const entry = (await clerk.get('/desk/register/hund')).links.find(l => /register\/hund\/\d+/.test(l.href)).href;
  const mail = await eventually(async () => (await admin.get('/desk/post')).links.find(l => /\/desk\/post\/./.test(l.href))?.href, 'a mail');
  await (await admin.get('/desk/anbindungen')).submit({ name: 'Finanzverfahren', adresse: 'http://127.0.0.1:9/eingang', arten: 'charge.*' }, { button: 'Programm anbinden' });
  const hook = (await admin.get('/desk/anbindungen')).links.find(l => /anbindungen\/\d+/.test(l.href)).href;
  await (await admin.get('/desk/personal/1/schluessel')).submit({ name: 'Dokumentenablage', rechte: 'case.read', anfragen: '600', bis: '' }, { button: 'Schlüssel machen' });
  const own = await caseParts(clerk);
  const beside = (await clerk.get('/desk/vorgaenge/2')).links.find(l => l.text === 'nachweis.pdf').href.replace(/#.*/, '');
  const run = await annualRun(clerk);
  const returned = await returnedCorrection(clerk, entry);
  const visitor = town.visitor();
  const draft = (await (await visitor.get('/dienste/hund/anmeldung')).submit()).url;
  const link = await citizenLink();
  const leader = await town.staff('weber', 'hundesteuer-weber');
  const many = await manyCases(leader);
  const planner = await town.staff('planung', 'rathaus-planung');
  await simulations(planner);
  const series = await eventually(async () => (await visitor.get('/stadtdaten')).links.find(l => l.href.includes('/stadtdaten/reihe/'))?.href, 'the first values');
  const spot = (await visitor.get('/stadtdaten/orte.geojson?q=spielplatz')).json().features[0].id;
  const alarm = await eventually(async () => (await planner.get('/desk/alarme')).links.find(l => l.text === 'Wasserstand hoch')?.href, 'the first alarm');
  await eventually(async () => (await visitor.get('/stadtdaten/tafel/wasser')).status === 200, 'the first board');
  const works = await eventually(async () => (await visitor.get('/stadtdaten/verkehr')).links.find(l => l.text.startsWith('Kanal'))?.href, 'the first road works');
  cookies.staff = { planung: planner, kurz: clerk, brandt: treasury, admin, weber: leader, datenschutz: await town.staff('datenschutz', 'rathaus-datenschutz') };
  return {
    '/desk/auftraege/:id': [['brandt', job.url]], '/desk/personal/:id': [['admin', '/desk/personal/1']],
    '/desk/kasse/lastschriften/:id': [['brandt', collection]], '/desk/kasse/forderungen/:id/mandat': [['brandt', `${reference}/mandat`]],
    '/desk/kasse/zahlungen/:id': [['brandt', '/desk/kasse/zahlungen/1']], '/desk/kasse/forderungen/:id': [['brandt', reference]],
    '/desk/personal/:id/schluessel': [['admin', '/desk/personal/1/schluessel']],
    '/desk/datenschutz': [['datenschutz', '/desk/datenschutz']],
    '/desk/anbindungen': [['admin', '/desk/anbindungen']],
    '/desk/anbindungen/:id': [['admin', hook]],
    '/desk/kasse/forderungen/:id/entscheiden': ['', '?art=ratenzahlung', '?art=stundung', '?art=erlass', '?art=mahnsperre'].map(query => ['brandt', `${reference}/entscheiden${query}`]),
    '/desk/kasse/entscheidungen/:id': [['brandt', stop.url], ['brandt', proposal.url]], '/desk/kasse/mahnen/:id': [['brandt', '/desk/kasse/mahnen/1']], '/desk/briefe': [['brandt', '/desk/briefe']],
    '/desk/kasse/abschluesse/:id': [['brandt', closing.url]], '/desk/kasse/vollstreckung/:id': [], // needs months of dunning: enforcement.test.mjs
    '/desk/vorgaenge/:id/entscheidung/:entscheidung': [['kurz', '/desk/vorgaenge/1/entscheidung/ablehnen'], ['kurz', '/desk/vorgaenge/1/entscheidung/festsetzen']],
    '/desk/vorgaenge/:id': [1, 2, 3].map(id => ['kurz', `/desk/vorgaenge/${id}`]).concat([['kurz', beside]]), // the last with a document beside
    ...Object.fromEntries(Object.entries(own).map(([pattern, path]) => [`/desk/vorgaenge/:id/${pattern}`, [['kurz', path]]])),
    '/desk/sammel/:id': many.map(path => ['weber', path]), '/desk/zahlen': [['weber', '/desk/zahlen']], '/desk/ansichten': [['weber', '/desk/ansichten']],
    '/desk/abwesenheit': [['weber', '/desk/abwesenheit']], '/desk/wiedervorlagen': [['weber', '/desk/wiedervorlagen?zeit=alle']],
    '/desk/suche': [['kurz', '/desk/suche?suche=Mustermann'], ['kurz', '/desk/suche?suche=gibtesnicht']], '/desk/vorgaenge': [['kurz', '/desk/vorgaenge'], ['weber', '/desk/vorgaenge?ansicht=offen&amt=steueramt&hinweise=ja&sortierung=eingang']],
    '/desk/register/:register': [['kurz', '/desk/register/hund']], '/desk/register/:register/:eintrag': [['kurz', entry], ['kurz', `${entry}?gilt=2027-03-03`]],
    '/desk/register/:register/neu': [['kurz', '/desk/register/hund/neu']],
    '/desk/register/:register/:eintrag/berichtigen': [['kurz', `${entry}/berichtigen`], ['kurz', `${entry}/berichtigen?aus=${returned.split('/').at(-1)}`]],
    '/desk/register/:register/:eintrag/zeitraum': [['kurz', `${entry}/zeitraum`]],
    '/desk/register/:register/berichtigungen/:berichtigung': [['kurz', await correction(clerk, entry)], ['kurz', returned]],
    '/desk/register/:register/einlesen': [['kurz', '/desk/register/hund/einlesen']],
    '/desk/register/:register/statistik': [['kurz', '/desk/register/hund/statistik?nach=rasse']],
    '/desk/neu': [['kurz', '/desk/neu']], '/desk/regeln': [['kurz', '/desk/regeln']], '/desk/regeln/:service': [['kurz', '/desk/regeln/hund']],
    '/desk/regeln/:service/:tabelle': [['kurz', '/desk/regeln/hund/steuer'], ['kurz', '/desk/regeln/hund/steuer?e1=2&e2=false&probieren=1'], ['kurz', '/desk/regeln/hund/steuer?e1=zwei&e2=&probieren=1']],
    '/desk/post/:datei': [['admin', mail]], '/anmelden/link/:token': [[null, link]],
    '/dienste/:service': [[null, '/dienste/hund']], '/dienste/:service/:procedure': [[null, '/dienste/hund/anmeldung'], [null, '/dienste/hund/abmeldung']],
    '/antrag/:token': [[null, draft.replace(/\/[^/]+$/, '')]], '/antrag/:token/pruefen': [[null, draft.replace(/[^/]+$/, 'pruefen')]],
    '/antrag/:token/fertig': [], // belongs to a sent application: citizen.test.mjs
    '/antrag/:token/sichern': [[null, draft.replace(/[^/]+$/, 'sichern')]],
    '/antrag/:token/:page': ['halter', 'anschrift', 'hunde', 'zahlung', 'erklaerung'].map(id => [null, draft.replace(/[^/]+$/, id)]),
    '/status/:token': [[null, open.status], [null, asked.status]], '/status/:token/korrektur': [[null, `${asked.status}/korrektur`]],
    '/desk/laeufe/:id': run.map(path => ['kurz', path]),
    '/desk/zwilling/messungen': [['planung', '/desk/zwilling/messungen']], '/desk/zwilling/:id': [['planung', '/desk/zwilling/1']], '/desk/zwilling/:id/haeuser': [['planung', '/desk/zwilling/1/haeuser']],
    '/desk/zwilling/:id/haeuser/:haus': [['planung', '/desk/zwilling/1/haeuser/1']], '/desk/zwilling/:id/massnahmen': [['planung', '/desk/zwilling/1/massnahmen']],
    '/desk/zwilling/:id/vergleich': [['planung', '/desk/zwilling/2/vergleich']],
    '/desk/stadtdaten': [['planung', '/desk/stadtdaten']], '/desk/stadtdaten/:name': [['planung', '/desk/stadtdaten/luft']], '/desk/stadtdaten/:name/guete': [['planung', '/desk/stadtdaten/luft/guete']], '/desk/abgelehnte-messwerte': [['planung', '/desk/abgelehnte-messwerte']],
    '/stadtdaten/orte': ['', '?q=brunnen&bei=Talstra%C3%9Fe', '?q=gibtesnicht'].map(query => [null, `/stadtdaten/orte${query}`]), '/stadtdaten/orte/:id': [[null, `/stadtdaten/orte/${spot}`]],
    '/desk/orte': [['planung', '/desk/orte'], ['planung', '/desk/orte?q=spielplatz']], '/desk/orte/:id': [['planung', `/desk/orte/${spot}`]], '/desk/orte/kategorien/:name': [['planung', '/desk/orte/kategorien/park']],
    '/desk/alarme': ['', '?zustand=angehalten'].map(query => ['planung', `/desk/alarme${query}`]), '/desk/alarme/neu': ['', '?datensatz=', ...['grenzwert', 'aenderung', 'stille', 'gebiet', 'feel'].map(kind => `?datensatz=gewaesser&art=${kind}`)].map(query => ['planung', `/desk/alarme/neu${query}`]),
    '/desk/alarme/:id': ['', '?probe=ja'].map(query => ['planung', `${alarm}${query}`]), '/desk/alarme/:id/aendern': ['', '?art=feel'].map(query => ['planung', `${alarm}/aendern${query}`]),
    '/desk/tafeln': [['planung', '/desk/tafeln']], '/desk/tafeln/:name': [['planung', '/desk/tafeln/wasser']], '/desk/tafeln/:name/kachel': ['wert', 'verlauf', 'karte', 'tabelle', 'text', 'warnungen'].map(kind => ['planung', `/desk/tafeln/wasser/kachel?art=${kind}`]),
    '/stadtdaten/tafel/:name': ['', '?anzeige=wand', '?anzeige=wand&farbe=dunkel'].map(query => [null, `/stadtdaten/tafel/wasser${query}`]),
    '/starkregen': [[null, '/starkregen'], [null, '/starkregen?adresse=Talstra%C3%9Fe+12']],
    '/stadtdaten/reihe/:id/einbetten': [[null, `${series}/einbetten`]],
    '/stadtdaten/reihe/:id': ['', '?zeit=monat'].map(query => [null, `${series}${query}`]), '/stadtdaten/datensatz/:name': ['luft', 'spielplaetze'].map(name => [null, `/stadtdaten/datensatz/${name}`]),
    '/stadtdaten/verkehr': ['', '?zeit=bald', '?von=9.957,51.562&nach=9.974,51.567'].map(query => [null, `/stadtdaten/verkehr${query}`]), '/stadtdaten/baustellen/:id': [[null, works]],
    '/desk/verkehr': [['planung', '/desk/verkehr']], '/desk/verkehr/:id': [['planung', works.replace('stadtdaten/baustellen', 'desk/verkehr')]],
    '/antraege': [['citizen', '/antraege']], '/postfach': [['citizen', '/postfach']],
    '/seite/:name': ['impressum', 'datenschutz', 'barrierefreiheit', 'leichte-sprache', 'gebaerdensprache'].map(name => [null, `/seite/${name}`]),
    '/desk/anmelden/code': [], '/desk/anmelden/passwort': [], // between the steps of signing in: sign_in.test.mjs
  };
}

/** What the clerk makes in the first case, for the pages of its parts. */
async function caseParts(clerk) {
  const first = '/desk/vorgaenge/1';
  const noted = await (await clerk.get(first)).submit({ text: 'Bitte ansehen.' }, { form: 'notizen' });
  const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
  await (await clerk.get(`${first}/dokumente`)).submit({ titel: 'Schreiben der Versicherung', eingang: '2.11.2026' }, { files: [{ field: 'datei', name: 'a.png', type: 'image/png', bytes: picture }] });
  const dear = await dearCase(town);
  const preview = await (await clerk.get(`${dear}/entscheidung/festsetzen`)).submit({ marke_von: '4001' }, { button: 'Brief ansehen' });
  const proposed = await preview.submit({}, { button: 'Zur Zustimmung' });
  return {
    'notizen/:notiz': noted.links.find(l => l.text.startsWith('Berichtigen')).href,
    wiedervorlage: `${first}/wiedervorlage`, frist: `${first}/frist`, dokumente: `${first}/dokumente`, freigabe: `${first}/freigabe`, verbinden: `${first}/verbinden`, verlauf: `${first}/verlauf`, brief: `${first}/brief`, rechnung: `${first}/rechnung`,
    'vorschlaege/:vorschlag': proposed.links.find(l => l.text.startsWith('Vorschlag')).href,
  };
}

/** A correction that waits for a second person. */
async function correction(clerk, entry) {
  const form = await clerk.get(`${entry}/berichtigen`);
  const preview = await form.submit({ name: 'Bella', 'eintrag-art': 'wrong', 'eintrag-grund': 'Schreibfehler' }, { button: 'Vorschau' });
  const page = await preview.submit({}, { button: 'Zur Zustimmung' });
  return page.links.find(l => /berichtigungen\/\d+/.test(l.href)).href;
}

/** One that came back. */
async function returnedCorrection(clerk, entry) {
  const path = await correction(clerk, entry);
  await (await (await town.staff('adler', 'hundesteuer-adler')).get(path)).submit({ grund: 'Bitte den Tag prüfen' }, { button: 'Zurückgeben' });
  return path;
}

/** A bulk at each of its steps; a view, an absence and reminders come along. */
async function manyCases(leader) {
  const list = await leader.get('/desk/vorgaenge?ansicht=offen&amt=steueramt&hinweise=ja');
  await list.submit({ name: 'Mit Hinweisen', fuer: 'steueramt', start: 'ja' }, { form: 'ansichten' });
  await (await leader.get('/desk/abwesenheit')).submit({ von: '1.3.2090', bis: '31.3.2090' }, { form: 'abwesenheit' });
  const start = () => list.submit({ alle: 'ja' }, { form: 'sammel' });
  const look = async fields => { const page = await start(); return leader.post(`${page.url}/vorschau`, { csrf: page.csrf, ...fields }); };
  const chosen = await start();
  const preview = await look({ was: 'notiz', text: 'Bitte beachten.' });
  const done = await (await look({ was: 'wiedervorlage', wann: '1.3.2090', text: 'Nachfassen' })).submit({}, { form: 'ausfuehren' });
  await eventually(async () => /erledigt/.test((await leader.get(done.url)).words) && !/Anhalten/.test((await leader.get(done.url)).words), 'the bulk');
  return [chosen.url, preview.url, done.url];
}

/** A preview and a run that is done. */
async function annualRun(clerk) {
  const preview = async () => (await (await clerk.get('/desk/laeufe')).submit({ jahr: '2028' }, { form: 'laeufe' })).url;
  const is = (path, words) => eventually(async () => { const page = await clerk.get(path); return page.words.includes(words) && page; }, words, 60000);
  const first = await is(await preview(), 'Lauf ausführen');
  await first.submit({}, { form: 'ausfuehren' });
  await is(first.url, 'Wer ausgelassen wurde'); // the only keeper has an open case
  const second = await preview();
  await is(second, 'Lauf ausführen');
  return [first.url, second];
}

/** Two short simulations of a valley, the second to be compared with the first, which is published. */
async function simulations(planner) {
  writeModel(join(town.dataDir, 'tenants/musterstadt/twin/models/musterstadt'));
  const storm = { name: 'Tal', regen: 'sri', sri: '12', dauer: '5', nachlauf: '5', schnell: 'ja' };
  const order = { button: 'Simulation berechnen' };
  const done = path => eventually(async () => /fertig/.test((await planner.get(path)).words), path, 90000);
  await (await planner.get('/desk/zwilling/neu')).submit(storm, order);
  await done('/desk/zwilling/1');
  await (await (await planner.get('/desk/zwilling/1/massnahmen')).submit()).submit({}, order);
  await done('/desk/zwilling/2');
  await (await planner.get('/desk/zwilling/1')).submit({}, { button: 'Karte veröffentlichen' });
}

/** Ask for a link to sign in, as a citizen who has applied. */
const links = new Set();
async function citizenLink() {
  await (await town.visitor().get('/anmelden')).submit({ email: 'erika.mustermann@example.org' });
  const found = () => town.mails().map(text => text.replace(/=\r?\n/g, '').match(/\/anmelden\/link\/[\w-]+/)?.[0]).find(link => link && !links.has(link));
  const link = await eventually(found, 'the link');
  links.add(link);
  return link;
}

async function citizen() {
  const visitor = town.visitor();
  await (await visitor.get(await citizenLink())).submit();
  return visitor;
}

const STAFF_OF = { 'twin.plan': 'planung', 'money.read': 'brandt', 'money.book': 'brandt', 'money.decide': 'brandt', 'money.dun': 'brandt', 'money.close': 'brandt', 'case.read': 'kurz', 'case.decide': 'kurz', 'case.lead': 'weber', 'run.execute': 'kurz' };
const whose = route => (route.access === 'staff' ? STAFF_OF[route.permission] ?? 'admin' : route.access === 'citizen' ? 'citizen' : null);

before(async () => {
  town = await startTown();
  browser = await openBrowser();
  paths = await prepare();
  cookies.staff.citizen = await citizen();
});
after(async () => { await browser?.close(); await town?.stop(); });

async function pageFor(who, mode) {
  const page = await browser.page(MODES[mode]);
  if (who) {
    const jar = [...cookies.staff[who].cookies].map(([key, cookie]) => ({ name: key.split(' ')[0], value: cookie.value, url: town.url }));
    await page.context().addCookies(jar);
  }
  return page;
}

test('the table is complete', () => {
  for (const pattern of NO_PAGES) assert.ok(routes.some(route => route.pattern === pattern), `${pattern} is no route any more`);
  for (const { pattern } of patterns) assert.ok(!/[:*]/.test(pattern) || paths[pattern], `tests/browser/pages.test.mjs: an example path for ${pattern}`);
});

/** What is wrong with the page that is there; a narrow one is narrowed once more, as somebody does who magnifies it. */
async function faultsOf(page, mode, path) {
  const faults = [];
  await checkPage(page, path).catch(error => faults.push(error.message));
  await screenshot(page, `page-${mode}${path.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}`);
  if (mode === 'wide') return faults;
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width: MAGNIFIED, height });
  await page.evaluate(() => new Promise(done => { requestAnimationFrame(() => requestAnimationFrame(done)); })); // scripts that follow the width have done so
  const by = await sidewaysScroll(page);
  if (by) faults.push(`${path}: magnified, wider than the window by ${by}`);
  await page.setViewportSize({ width, height });
  return faults;
}

// Both at one time: while a page is drawn and looked at, the other processor would have nothing to do.
describe('every page', { concurrency: 2 }, () => {
  for (const mode of Object.keys(MODES)) {
    test(mode, { timeout: 600_000 }, async () => {
      const pages = {};
      const faults = []; // all of them, not only the first
      for (const route of patterns) {
        for (const [who, path] of paths[route.pattern] ?? [[whose(route), route.pattern]]) {
          const page = pages[who] ??= await pageFor(who, mode);
          const answer = await page.goto(town.url + path);
          if (answer.status() !== 200) faults.push(`${path}: ${answer.status()}`);
          faults.push(...await faultsOf(page, mode, path));
          page.complaints.length = 0;
        }
      }
      for (const page of Object.values(pages)) await page.context().close();
      assert.deepEqual(faults, []);
    });
  }
});

test('pages that say no', async () => {
  const page = await pageFor('kurz', 'wide');
  for (const [path, status] of [['/gibt-es-nicht', 404], ['/desk/vorgaenge/9999', 404], ['/desk/personal', 403], ['/desk/vorgaenge/2/entscheidung/festsetzen', 409], ['/status/falsch', 404]]) {
    const answer = await page.goto(town.url + path);
    assert.equal(answer.status(), status, path);
    page.complaints.length = 0; // the browser notes the status
    await checkPage(page, path);
    await screenshot(page, `page-no-${status}${path.replace(/[^a-z0-9]+/gi, '-')}`);
  }
  await page.context().close();
});
