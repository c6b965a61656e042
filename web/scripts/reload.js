// SPDX-License-Identifier: EUPL-1.2
// Fields that others depend on (data-reloads): when one changes, the form is sent with "teil=1"
// and its region [data-region] comes back as the server sees it now. Nothing is checked or
// saved by that. Without JavaScript a button of the form does the same.

let running = null;

const region = (form, root = document) =>
  form.id
    ? root.querySelector(`#${CSS.escape(form.id)} [data-region]`)
    : root.querySelector('form [data-region]');

// What was typed while the answer was on its way is worth more than what the server knew.
function keepTyped(from, to) {
  const focused = document.activeElement;
  for (const old of from.querySelectorAll('input, select, textarea')) {
    const now = old.id && to.querySelector(`#${CSS.escape(old.id)}`);
    if (!now || now.type !== old.type) continue;
    if (old.type === 'file') now.replaceWith(old);
    else if (old === focused && 'value' in now && now.type !== 'checkbox' && now.type !== 'radio')
      now.value = old.value;
  }
}

async function ask(form) {
  const here = region(form);
  if (!here) return;
  running?.abort();
  running = new AbortController();
  const data = new FormData(form);
  for (const [name, value] of [...data]) {
    if (value instanceof File) data.delete(name);
  }
  data.set('teil', '1');
  const multipart = form.enctype === 'multipart/form-data';
  const answer = await fetch(form.action, {
    method: 'POST',
    body: multipart ? data : new URLSearchParams(data),
    signal: running.signal,
  });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = region(form, page);
  if (!fresh) return;
  const focusId = document.activeElement?.id;
  keepTyped(here, fresh);
  here.replaceChildren(...fresh.childNodes);
  if (focusId) document.getElementById(focusId)?.focus();
  document.dispatchEvent(new CustomEvent('rathaus:region', { detail: here }));
}

document.addEventListener('change', event => {
  const form = event.target.closest?.('[data-reloads]')?.form;
  if (form) ask(form).catch(error => error.name === 'AbortError' || console.warn(error));
});

for (const button of document.querySelectorAll('[data-without-script]')) button.hidden = true;
document.addEventListener('rathaus:region', event => {
  for (const button of event.detail.querySelectorAll('[data-without-script]')) button.hidden = true;
});
