// SPDX-License-Identifier: EUPL-1.2
// A long <select data-choice> becomes a field in which typing finds options: the combobox of the
// ARIA Authoring Practices with a list, keyboard as there. The select stays in the form and
// keeps the value, so nothing changes for the server.

const SHOWN = 50;

// "Staffordshire" finds "American Staffordshire-Terrier"; "Muhle" finds "Mühle".
const plain = text => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss');

class Choice {
  constructor(select) {
    this.select = select;
    this.options = [...select.options].filter(option => option.value !== '');
    this.active = -1;
    this.build();
    this.listen();
  }

  build() {
    const { select } = this;
    const id = select.id;
    this.input = document.createElement('input');
    this.input.className = 'kern-form-input__input';
    this.input.type = 'text';
    this.input.autocomplete = 'off';
    this.input.spellcheck = false;
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': `${id}-liste`,
    })) {
      this.input.setAttribute(name, value);
    }
    for (const name of ['aria-describedby', 'aria-invalid', 'aria-required']) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    this.list = document.createElement('ul');
    this.list.className = 'choice__list';
    this.list.id = `${id}-liste`;
    this.list.role = 'listbox';
    this.list.hidden = true;
    this.list.setAttribute(
      'aria-label',
      document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent ?? '',
    );
    this.status = document.createElement('span');
    this.status.className = 'visually-hidden';
    this.status.role = 'status';
    const box = document.createElement('div');
    box.className = 'choice';
    select.id = `${id}-auswahl`;
    this.input.id = id;
    select.closest('.kern-form-input__select-wrapper').replaceWith(box);
    select.hidden = true;
    box.append(this.input, this.list, this.status, select);
    this.showValue();
  }

  listen() {
    this.input.addEventListener('input', () => this.open(this.input.value));
    this.input.addEventListener('click', () => this.open(''));
    this.input.addEventListener('keydown', event => this.key(event));
    this.input.addEventListener('blur', () => this.leave());
    this.list.addEventListener('pointerdown', event => event.preventDefault());
    this.list.addEventListener('click', event => {
      const item = event.target.closest('[role="option"]');
      if (item) this.choose(item.dataset.value);
    });
  }

  showValue() {
    const chosen = this.select.selectedOptions[0];
    this.input.value = chosen && chosen.value !== '' ? chosen.text : '';
  }

  // Options whose words begin with what was typed come first.
  found(text) {
    const wanted = plain(text.trim());
    if (!wanted) return this.options;
    const hits = this.options.filter(option => plain(option.text).includes(wanted));
    const rank = option => {
      const at = plain(option.text).indexOf(wanted);
      return at === 0 ? 0 : /[\s(-]/.test(plain(option.text)[at - 1]) ? 1 : 2;
    };
    return hits.sort((a, b) => rank(a) - rank(b));
  }

  open(text) {
    const hits = this.found(text);
    this.list.replaceChildren(
      ...hits.slice(0, SHOWN).map((option, index) => {
        const item = document.createElement('li');
        item.role = 'option';
        item.id = `${this.list.id}-${index}`;
        item.dataset.value = option.value;
        item.textContent = option.text;
        item.setAttribute('aria-selected', 'false');
        return item;
      }),
    );
    this.active = -1;
    this.input.removeAttribute('aria-activedescendant');
    this.list.hidden = hits.length === 0;
    this.input.setAttribute('aria-expanded', String(hits.length > 0));
    const { choice, none } = this.select.dataset;
    this.status.textContent = hits.length ? choice.replace('%d', hits.length) : none;
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  move(step) {
    if (this.list.hidden) this.open('');
    const items = this.list.children;
    if (!items.length) return;
    items[this.active]?.setAttribute('aria-selected', 'false');
    this.active = (this.active + step + items.length + (this.active < 0 && step < 0 ? 1 : 0)) % items.length;
    const item = items[this.active];
    item.setAttribute('aria-selected', 'true');
    item.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', item.id);
  }

  choose(value) {
    const changed = this.select.value !== value;
    this.select.value = value;
    this.showValue();
    this.close();
    if (changed) this.select.dispatchEvent(new Event('change', { bubbles: true }));
  }

  // Left with a text: exactly an option, or nothing was chosen. An empty field is no choice.
  leave() {
    if (this.input.value.trim() === '') return this.choose('');
    const typed = plain(this.input.value.trim());
    const exact = this.options.find(option => plain(option.text) === typed);
    this.choose(exact ? exact.value : this.select.value);
  }

  key(event) {
    if (event.key === 'ArrowDown') this.move(1);
    else if (event.key === 'ArrowUp') this.move(-1);
    else if (event.key === 'Enter' && this.active >= 0)
      this.choose(this.list.children[this.active].dataset.value);
    else if (event.key === 'Escape' && !this.list.hidden) this.close();
    else return;
    event.preventDefault();
  }
}

const enhance = root => {
  for (const select of root.querySelectorAll('select[data-choice]:not([hidden])')) new Choice(select);
};
enhance(document);
document.addEventListener('rathaus:region', event => enhance(event.detail));
