// SPDX-License-Identifier: EUPL-1.2
// A page that came back with errors: the summary is read first, and its links lead to the field.

const summary = document.querySelector('[data-focus]');
if (summary) {
  summary.focus();
  document.title = `${summary.querySelector('h2')?.textContent ?? ''} – ${document.title}`;
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('.error-summary a[href^="#"]');
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.closest('.field')?.scrollIntoView({ block: 'start' });
  field.focus({ preventScroll: true });
});
