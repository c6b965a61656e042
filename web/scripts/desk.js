// SPDX-License-Identifier: EUPL-1.2
// The desk by keyboard: j and k (on a row the arrows, too) walk through the links marked data-row,
// Enter opens (the browser's own), x marks the row's box, a letter presses what is marked data-key with it,
// "/" goes to the search, "?" shows the keys. Single letters can be switched off (WCAG 2.1.4).

const STORE = 'rathaus-tasten';
const keysOn = () => localStorage.getItem(STORE) !== 'aus';
const dialog = document.getElementById('tasten');

for (const button of document.querySelectorAll('[data-opens]')) {
  button.hidden = false;
  button.addEventListener('click', () => document.getElementById(button.dataset.opens).showModal());
}

const keysSwitch = document.querySelector('[data-keys-switch]');
if (keysSwitch) {
  keysSwitch.checked = keysOn();
  keysSwitch.addEventListener('change', () => localStorage.setItem(STORE, keysSwitch.checked ? 'an' : 'aus'));
}

function walk(step) {
  const rows = [...document.querySelectorAll('[data-row]')];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const marked = rows.findIndex(row => row.hasAttribute('aria-current'));
  const next = at >= 0 ? at + step : marked >= 0 ? marked + step : step > 0 ? 0 : rows.length - 1;
  rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
}

// The box of the row in which the focus lies.
function mark() {
  const box = document.activeElement.closest('tr')?.querySelector('[data-mark]');
  if (box) box.checked = !box.checked;
}

const onRow = () => document.activeElement.hasAttribute('data-row');

const typing = element =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.closest('dialog');

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === 'ArrowDown' && onRow()) walk(1);
  else if (event.key === 'ArrowUp' && onRow()) walk(-1);
  else if (!keysOn()) return;
  else if (event.key === 'j') walk(1);
  else if (event.key === 'k') walk(-1);
  else if (event.key === 'x' && onRow()) mark();
  else if (/^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`)) document.querySelector(`[data-key="${event.key}"]`).click();
  else if (event.key === '/') document.querySelector('[data-search]')?.focus();
  else if (event.key === '?') dialog?.showModal();
  else return;
  event.preventDefault();
});
