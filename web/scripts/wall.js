// SPDX-License-Identifier: EUPL-1.2
// A display that nobody operates: the page is loaded anew each minute, but only when the town answers. What is shown
// stays until then; its clock says from when it is.
setInterval(async () => {
  try {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (answer.ok) location.reload();
  } catch { /* in a minute again */ }
}, 60000);
