// SPDX-License-Identifier: EUPL-1.2
// Fields that others depend on (data-reloads): when one changes, the form is sent with "teil=1"
// and its region [data-region] comes back as the server sees it now. Nothing is checked or
// saved by that. Without JavaScript, and when no answer comes, a button of the form does the same
// ([data-without-script]); [data-reload-status] then says so.

let running = null;

const region = (form, root = document) =>
  form.id
    ? root.querySelector(`#${CSS.escape(form.id)} [data-region]`)
    : root.querySelector('form [data-region]');

const controls = root => root.querySelectorAll('input[id], select[id], textarea[id]');
const ticked = control => control.type === 'checkbox' || control.type === 'radio';
const state = control => (ticked(control) ? control.checked : control.value);
const states = root => new Map([...controls(root)].map(control => [control.id, state(control)]));

function setState(control, value) {
  if (ticked(control)) control.checked = value;
  else control.value = value;
}

// What was typed or chosen while the answer was on its way is worth more than what the server
// knew; so is the field in which somebody writes. `sent`: the states as the server got them.
function keepTyped(from, to, sent) {
  const focused = document.activeElement;
  for (const old of controls(from)) {
    const now = to.querySelector(`#${CSS.escape(old.id)}`);
    if (!now || now.type !== old.type) continue;
    if (old.type === 'file') now.replaceWith(old);
    else if (state(old) !== sent.get(old.id) || (old === focused && !ticked(old)))
      setState(now, state(old));
  }
}

// The same field again, with the writing mark where it stood.
function focusAgain(id, start, end) {
  const field = document.getElementById(id);
  field?.focus();
  if (start != null && field?.setSelectionRange) field.setSelectionRange(start, end);
}

// The button and the words for when the region could not be fetched.
function showButton(form, failed) {
  const status = form.querySelector('[data-reload-status]');
  for (const button of form.querySelectorAll('[data-without-script]')) button.hidden = !failed;
  if (status) status.textContent = failed ? status.dataset.text : '';
}

async function ask(form) {
  const here = region(form);
  if (!here) return;
  running?.abort();
  running = new AbortController();
  const sent = states(here);
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
  if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = region(form, page);
  if (!fresh) throw new Error('the answer has no fields');
  const { id: focusId, selectionStart, selectionEnd } = document.activeElement ?? {};
  keepTyped(here, fresh, sent);
  here.replaceChildren(...fresh.childNodes);
  showButton(form, false);
  if (focusId) focusAgain(focusId, selectionStart, selectionEnd);
  document.dispatchEvent(new CustomEvent('rathaus:region', { detail: here }));
}

document.addEventListener('change', event => {
  const form = event.target.closest?.('[data-reloads]')?.form;
  if (!form) return;
  ask(form).catch(error => {
    if (error.name === 'AbortError') return; // a newer question is on its way
    console.warn(error);
    showButton(form, true);
  });
});

for (const button of document.querySelectorAll('[data-without-script]')) button.hidden = true;
