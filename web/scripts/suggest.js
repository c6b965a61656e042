// SPDX-License-Identifier: EUPL-1.2
// A search field [data-suggest] shows what it would find while one types: the links that the
// search page marks data-hit, as the list of a combobox. Enter without a choice searches as ever.

const WAIT_MS = 150;
const SHOWN = 6;

class Suggest {
  constructor(input) {
    this.input = input;
    this.active = -1;
    this.list = document.createElement('ul');
    this.list.className = 'choice__list';
    this.list.id = `${input.id}-vorschlaege`;
    this.list.role = 'listbox';
    this.list.hidden = true;
    this.list.setAttribute('aria-label', input.labels[0]?.textContent ?? '');
    input.role = 'combobox';
    input.autocomplete = 'off';
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', this.list.id);
    const box = document.createElement('div');
    box.className = 'choice';
    input.replaceWith(box);
    box.append(input, this.list);
    input.addEventListener('input', () => this.later());
    input.addEventListener('keydown', event => this.key(event));
    input.addEventListener('blur', () => this.close());
    this.list.addEventListener('pointerdown', event => event.preventDefault());
    this.list.addEventListener('click', event => this.go(event.target.closest('[role="option"]')));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask().catch(() => this.close()), WAIT_MS);
  }

  async ask() {
    const words = this.input.value.trim();
    if (words.length < 2) return this.close();
    this.request?.abort();
    this.request = new AbortController();
    const address = new URL(this.input.form.action);
    address.searchParams.set(this.input.name, words);
    const answer = await fetch(address, { signal: this.request.signal });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (this.input.value.trim() === words)
      this.show([...page.querySelectorAll('a[data-hit]')].slice(0, SHOWN));
  }

  show(links) {
    this.list.replaceChildren(
      ...links.map((link, index) => {
        const item = document.createElement('li');
        item.role = 'option';
        item.id = `${this.list.id}-${index}`;
        item.dataset.path = link.getAttribute('href');
        item.textContent = link.textContent;
        item.setAttribute('aria-selected', 'false');
        return item;
      }),
    );
    this.active = -1;
    this.input.removeAttribute('aria-activedescendant');
    this.list.hidden = links.length === 0;
    this.input.setAttribute('aria-expanded', String(links.length > 0));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.show([]);
  }

  move(step) {
    const items = this.list.children;
    if (!items.length) return;
    items[this.active]?.setAttribute('aria-selected', 'false');
    const from = this.active < 0 && step < 0 ? 0 : this.active;
    this.active = (from + step + items.length) % items.length;
    items[this.active].setAttribute('aria-selected', 'true');
    items[this.active].scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', items[this.active].id);
  }

  go(item) {
    if (item) location.assign(item.dataset.path);
  }

  key(event) {
    if (event.key === 'ArrowDown') this.move(1);
    else if (event.key === 'ArrowUp') this.move(-1);
    else if (event.key === 'Enter' && this.active >= 0) this.go(this.list.children[this.active]);
    else if (event.key === 'Escape' && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }
}

for (const input of document.querySelectorAll('input[data-suggest]')) new Suggest(input);
