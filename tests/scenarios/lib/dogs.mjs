// SPDX-License-Identifier: EUPL-1.2
// The dog service as other tests need it: applications by API, the clerk's decision, a payment.
import { eventually } from './town.mjs';

export const applications = '/api/v1/services/hund/anmeldung/applications';

/** The example of the API's description; its first dog has the chip `chip` and lacks its proof unless `complete`. */
export async function dogApplication(town, { chip = '276098100000099', complete = true, dog = {}, change = {} } = {}) {
  const document = (await town.visitor().get('/api/openapi.json')).json();
  const body = structuredClone(document.paths[applications].post.requestBody.content['application/json'].example);
  body.hunde = [{ ...body.hunde[0], chip, ...dog }];
  if (!complete) delete body.hunde[0].versicherung_nachweis;
  return { ...body, ...change };
}

/** Apply; returns { caseNumber, statusUrl (path), id }. */
export async function apply(town, options) {
  const answer = await town.visitor().json('POST', applications, await dogApplication(town, options));
  if (answer.status !== 201) throw new Error(`the application was refused: ${answer.text}`);
  const { caseNumber, statusUrl } = answer.json();
  return { caseNumber, status: new URL(statusUrl).pathname };
}

/** Apply for two dogs that came years ago: their tax is above the limit from which two people decide.
 * Returns the case's path at the desk. */
export async function dearCase(town, chip = 276098100080001) {
  const body = await dogApplication(town);
  const past = { ...body.hunde[0], haltung_seit: '2023-01-10', geburt: '2020-05' };
  const hunde = [0, 1].map(i => ({ ...past, name: `Hund ${i}`, chip: String(chip + i) }));
  const { caseNumber } = await apply(town, { change: { hunde } });
  return casePath(town, caseNumber);
}

let finder;
/** The path of a case at the desk, by its number. */
export async function casePath(town, number) {
  if (finder?.town !== town) finder = await town.staff('kurz', 'hundesteuer-kurz');
  const found = await finder.get(`/desk/suche?suche=${number}`);
  const path = href => href?.match(/\/desk\/vorgaenge\/\d+/)?.[0];
  return path(found.url) ?? path(found.links.find(l => l.text.includes(number))?.href);
}

/** Look at the notice of the case with this id; returns what sends the decision. */
export async function readyToAssess(clerk, id, tag = '') {
  const form = await clerk.get(`/desk/vorgaenge/${id}/entscheidung/festsetzen`);
  const preview = await form.submit({ marke_von: String(tag) }, { button: 'Brief ansehen' });
  const button = preview.forms.flatMap(f => f.buttons).find(b => b.text && !/Brief|Abmelden|Schließen/.test(b.text));
  return options => preview.submit({ marke_von: String(tag) }, { button: button.text, ...options });
}

/** Decide: look at the notice, then assess the tax. */
export async function assess(clerk, id, tag) {
  const page = await (await readyToAssess(clerk, id, tag))();
  if (page.status !== 200) throw new Error(`the decision was refused (${page.status}): ${page.words.slice(0, 400)}`);
  return page;
}

/** A bank statement (camt.053.001.08) with these entries: { amount: '24.00', text }. */
export function statement(entries, id = '1') {
  const today = new Date().toISOString().slice(0, 10);
  const one = ({ amount, text }) => `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt>`
    + (text ? `<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls>` : '') + '</Ntry>';
  return Buffer.from('<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    + `<GrpHdr><MsgId>${id}</MsgId></GrpHdr><Stmt><Id>${id}</Id><Acct><Id><IBAN>DE19999999990000123456</IBAN></Id></Acct>${entries.map(one).join('')}</Stmt></BkToCstmrStmt></Document>`);
}

/** Read a statement in; returns the job's page when it is done. */
export async function importStatement(treasury, bytes) {
  const file = { field: 'auszug', name: 'auszug.xml', type: 'application/xml', bytes };
  const job = await (await treasury.get('/desk/kasse')).submit({}, { form: 'kontoauszug', files: [file] });
  return eventually(async () => { const page = await treasury.get(job.url); return page.words.includes('Fertig') && page; }, 'the import');
}

/** Enter a mandate for the newest charge and collect what is due in three months; returns the collection's page. */
export async function directDebit(treasury) {
  const charge = await (await treasury.get('/desk/kasse/forderungen')).follow(/^5\d{13}$/);
  await (await charge.follow('Mandat eintragen')).submit({ iban: 'DE02500105170137075030', unterschrieben: '10.1.2026', email: 'erika@beispiel.example' });
  const day = new Date(Date.now() + 90 * 86400000);
  let page = await treasury.get('/desk/kasse/lastschriften/neu');
  do { // until banks work on that day
    const iso = day.toISOString().slice(0, 10);
    page = await page.submit({ faellig: iso, einzug: iso }, { form: 0 });
    day.setUTCDate(day.getUTCDate() + 1);
  } while (page.status === 422);
  const job = await page.submit({}, { button: 'erzeugen' });
  await eventually(async () => (await treasury.get(job.url)).words.includes('Fertig'), 'the collection');
  return (await treasury.get('/desk/kasse/lastschriften')).follow(/\d{4}$/);
}
