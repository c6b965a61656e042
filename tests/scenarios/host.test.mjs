// SPDX-License-Identifier: EUPL-1.2
// Links in mails lead to the town, whatever Host header somebody sends.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { eventually, startTown } from './lib/town.mjs';

let town;
before(async () => { town = await startTown(); });
after(() => town?.stop());

test('a forged Host header does not get into a sign-in link', async () => {
  const forger = town.visitor({ headers: { host: 'boese.example' } });
  const page = await forger.get('/t/musterstadt/anmelden');
  await page.submit({ email: 'erika@beispiel.example' });
  await eventually(() => town.mails().length > 0, 'the mail');
  assert.doesNotMatch(town.mails().join('\n'), /boese/);
  assert.match(town.mails()[0].replace(/=\r?\n/g, ''), /http:\/\/127\.0\.0\.1:\d+\/t\/musterstadt\/anmelden\/link\//);
});

test('nor into the status address of an application', async () => {
  const path = '/t/musterstadt/api/v1/services/hund/anmeldung/applications';
  const document = (await town.visitor().get('/api/openapi.json')).json();
  const example = document.paths['/api/v1/services/hund/anmeldung/applications'].post.requestBody.content['application/json'].example;
  for (const host of ['boese.example', '127.boese.example', 'localhost.boese.example']) {
    const answer = await town.visitor({ headers: { host } }).json('POST', path, example);
    assert.equal(answer.status, 201, answer.text);
    assert.doesNotMatch(answer.text, /boese/);
  }
});
