// SPDX-License-Identifier: EUPL-1.2
// Long work, live: the server sends the part of the page anew ("stand") until it is over ("ende").
// A connection that is lost comes back by itself; one that is refused (the session has ended) says so
// (data-lost).

for (const place of document.querySelectorAll('[data-events][data-running="ja"]')) {
  const events = new EventSource(place.dataset.events);
  events.addEventListener('stand', event => {
    place.innerHTML = event.data;
  });
  events.addEventListener('ende', () => {
    events.close();
    location.reload();
  });
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED && place.dataset.lost) place.textContent = place.dataset.lost;
  });
}
