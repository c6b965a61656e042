// SPDX-License-Identifier: EUPL-1.2
// A program that is told what happens in a town hall: it checks each message's signature, takes each event once and in order,
// and keeps how far it is. Nothing but Node is needed:
//
//   WEBHOOK_SECRET=whsec_… node docs/examples/webhook-consumer.mjs 9000
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const FIVE_MINUTES = 5 * 60;

/** Does this message come from who knows the secret, and is it fresh? (Standard Webhooks) */
export function genuine(headers, body, secret, now = Date.now() / 1000) {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures = '' } = headers;
  if (!id || Math.abs(now - Number(time)) > FIVE_MINUTES) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest();
  return signatures.split(' ').some(signature => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Answers the town hall's messages; `take(event)` gets each event once. A real program keeps `last` where it keeps its data. */
export function consumer(secret, take) {
  let last = 0n;
  return createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', async () => {
      const body = Buffer.concat(parts);
      if (!genuine(request.headers, body, secret)) return response.writeHead(401).end();
      try {
        for (const event of JSON.parse(body)) {
          if (BigInt(event.id) <= last) continue; // a repetition
          await take(event);
          last = BigInt(event.id);
        }
        response.writeHead(204).end();
      } catch (error) {
        response.writeHead(503, { 'retry-after': '1' }).end(String(error.message)); // it is sent again
      }
    });
  });
}

if (import.meta.url === `file://${process.argv[1]}`)
  consumer(process.env.WEBHOOK_SECRET, event => console.log(event.time, event.type, event.subject, JSON.stringify(event.data)))
    .listen(Number(process.argv[2] ?? 9000), '127.0.0.1');
