// SPDX-License-Identifier: EUPL-1.2
// What the treasury's tests need: a bank's statement, and a service whose charge is overdue.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './town.mjs';

/** A statement of entries { cents, endToEnd, batch, text, name, iban, code, original }, as a bank writes it; all booked on `day`. */
export function camt(id, entries, day = '2027-02-15') {
  const euros = cents => `${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
  const one = (e, i) => {
    const side = (e.cents > 0) !== Boolean(e.code) ? 'Dbtr' : 'Cdtr';
    const details = e.endToEnd || e.text ? `<TxDtls><Refs><EndToEndId>${e.endToEnd ?? 'NOTPROVIDED'}</EndToEndId></Refs>`
      + (e.original ? `<AmtDtls><InstdAmt><Amt Ccy="EUR">${euros(e.original)}</Amt></InstdAmt></AmtDtls>` : '')
      + `<RltdPties><${side}><Pty><Nm>${e.name ?? 'Unbekannt'}</Nm></Pty></${side}>${e.iban ? `<${side}Acct><Id><IBAN>${e.iban}</IBAN></Id></${side}Acct>` : ''}</RltdPties>`
      + `<RmtInf><Ustrd>${e.text ?? ''}</Ustrd></RmtInf>${e.code ? `<RtrInf><Rsn><Cd>${e.code}</Cd></Rsn></RtrInf>` : ''}</TxDtls>` : '';
    return `<Ntry><Amt Ccy="EUR">${euros(e.cents)}</Amt><CdtDbtInd>${e.cents > 0 ? 'CRDT' : 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>`
      + `<BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${id}-${i}</AcctSvcrRef><NtryDtls>`
      + `${e.batch ? `<Btch><PmtInfId>${e.batch}</PmtInfId></Btch>` : ''}${details}</NtryDtls></Ntry>`;
  };
  return Buffer.from('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    + `<Id>${id}</Id><Acct><Id><IBAN>DE19999999990000123456</IBAN></Id></Acct>${entries.map(one).join('')}</Stmt></BkToCstmrStmt></Document>`);
}

const day = offset => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** Put the service "probe" into `folder`: tests/packages/base, assessed in two parts: 300 euros due long ago, `later` in two months. */
export function overdueService(folder, later = 200) {
  const probe = join(folder, 'probe');
  cpSync(join(root, 'tests/packages/base'), probe, { recursive: true });
  const file = join(probe, 'processes/antrag.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('office: pruefamt', 'office: steueramt').replace(/amount: summe\n/, `amount: summe * ${(300 + later) / 25}\n`)
    .replace(/parts: .*/, `parts: '[{due: date("${day(-60)}"), amount: 300}, {due: date("${day(60)}"), amount: ${later}}]'`));
  for (const name of ['service.yaml', 'letters/bescheid.md']) {
    const other = join(probe, name);
    writeFileSync(other, readFileSync(other, 'utf8').replaceAll('pruefamt', 'steueramt'));
  }
}

/** Nobody is late with what was not assessed yet: let what is overdue be assessed before it was due. */
export function assessedInTime(town) {
  const db = join(town.dataDir, 'tenants/musterstadt/tenant.db');
  execFileSync('sqlite3', ['-cmd', '.timeout 5000', db, `UPDATE charge_part SET assessed = '${day(-90)}' WHERE due < '${day(0)}'`]);
}

/** Apply for it; returns the path of the status page. */
export async function applyOverdue(town) {
  const application = {
    art: 'person', person: { familienname: 'Mustermann', vornamen: 'Erika', geburtsdatum: '1985-04-25', email: 'erika@beispiel.example' },
    anschrift: { strasse: 'Lindenweg', hausnummer: '12', plz: '12345', ort: 'Musterstadt' },
    stuecke: [{ bezeichnung: 'Kiste', farbe: 'blau', kennung: '276098100000011', ohne_kennung: false }],
    post: 'erika@beispiel.example', begruendung: 'Grüße', anzahl: 3, gewicht: 99.125, wert: 1234.5, konto: { kontoinhaber: 'Erika Mustermann', iban: 'DE02 1203 0000 0000 2020 51' },
    von: '2026-03-03', bis: '2026-04-01', uhr: '08:05', tage: ['mo', 'mi'], richtig: true,
  };
  const answer = await town.visitor().json('POST', '/api/v1/services/probe/antrag/applications', application);
  if (answer.status !== 201) throw new Error(`the application was refused: ${answer.text}`);
  return new URL(answer.json().statusUrl).pathname;
}
