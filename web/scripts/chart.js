// SPDX-License-Identifier: EUPL-1.2
// A chart that answers at once, in place of the picture of [data-chart]: drag to look closer, double
// click or a button to see all again; what is seen stands in the address (#von=…&bis=…).
//
//   data-library, data-style   assets of uPlot
//   data-points                values between two moments (werte.json), with what is left out
//   data-from, data-to         what is seen at first, ms
//   data-unit                  of the values
//
// The picture and the table beside it say the same without a script.

const german = document.documentElement.lang.startsWith('de');
const WORDS = german
  ? { time: 'Zeit', mean: 'Mittel', value: 'Wert', least: 'Kleinster', most: 'Größter', closer: 'Näher', further: 'Weiter', earlier: 'Früher', later: 'Später', all: 'Anfang', seen: 'Gezeigt:' }
  : { time: 'Time', mean: 'Mean', value: 'Value', least: 'Smallest', most: 'Largest', closer: 'Closer', further: 'Further', earlier: 'Earlier', later: 'Later', all: 'Reset', seen: 'Shown:' };
const LOCALE = german ? 'de-DE' : 'en-GB';
const ZONE = 'Europe/Berlin';
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: ZONE });
const number = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const MINUTE = 60_000;

function load({ library, style }) {
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: style });
  const script = Object.assign(document.createElement('script'), { src: library });
  document.head.append(sheet, script);
  return Promise.all([sheet, script].map(element => new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', reject);
  })));
}

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

async function points(address, from, to, width) {
  const url = new URL(address, location);
  url.searchParams.set('von', Math.round(from));
  url.searchParams.set('bis', Math.round(to));
  url.searchParams.set('punkte', Math.max(100, Math.min(2000, Math.round(width))));
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

const seconds = columns => [columns[0].map(ms => ms / 1000), ...columns.slice(1)];
const text = (value, unit) => (value === null || value === undefined ? '–' : `${number.format(value)}${unit ? ` ${unit}` : ''}`);

function fromAddress(whole) {
  const given = new URLSearchParams(location.hash.slice(1));
  const [from, to] = ['von', 'bis'].map(name => Number(given.get(name)));
  return from > 0 && to > from ? { from, to } : whole;
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    const { points: address, from, to, unit } = figure.dataset;
    Object.assign(this, { address, unit, whole: { from: Number(from), to: Number(to) } });
    this.span = fromAddress(this.whole);
    this.picture = figure.querySelector('svg');
  }

  options(width) {
    const line = colour(this.figure, '--chart-line'), grid = colour(this.figure, '--chart-grid'), ink = colour(this.figure, '--chart-ink');
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: '14px "Fira Sans", sans-serif' };
    const value = (_, v) => text(v, this.unit);
    return {
      width, height: Math.round(Math.min(360, Math.max(220, width * 0.45))),
      tzDate: at => window.uPlot.tzDate(new Date(at * 1000), ZONE),
      cursor: { drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: true } },
      axes: [{ ...axis, values: this.times() }, { ...axis, size: 60, values: (_, all) => all.map(v => number.format(v)), ...(this.unit && { label: this.unit, labelSize: 20, labelFont: axis.font }) }],
      series: [
        { label: WORDS.time, value: (_, at) => (at === null ? '–' : moment.format(at * 1000)) },
        { label: WORDS.mean, stroke: line, width: 2, value },
        { label: WORDS.least, stroke: 'transparent', value, points: { show: false } },
        { label: WORDS.most, stroke: 'transparent', value, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: colour(this.figure, '--chart-band') }],
      hooks: { setSelect: [chart => this.select(chart)] },
    };
  }

  // Labels of the axis: hours within two days, else days, else months.
  times() {
    const format = options => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: ZONE });
    const hour = format({ hour: '2-digit', minute: '2-digit' }), day = format({ day: 'numeric', month: 'numeric' }), month = format({ month: 'numeric', year: 'numeric' });
    return (_, ticks) => {
      const span = this.span.to - this.span.from;
      const by = span < 2 * 1440 * MINUTE ? hour : span < 100 * 1440 * MINUTE ? day : month;
      return ticks.map(at => by.format(at * 1000));
    };
  }

  select(chart) {
    const { left, width } = chart.select;
    if (width < 5) return;
    const [from, to] = [chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000];
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.show({ from, to });
  }

  move({ by = 0, zoom = 1 }) {
    const { from, to } = this.span, half = (to - from) / 2 * zoom, middle = (from + to) / 2 + (to - from) * by;
    this.show({ from: middle - Math.max(half, 5 * MINUTE), to: middle + Math.max(half, 5 * MINUTE) });
  }

  // Not beyond what was ever measured.
  within({ from, to }) {
    const { first, last } = this.ends, wide = Math.min(to - from, Math.max(last - first, 10 * MINUTE));
    const start = Math.max(Math.min(from, last - wide), Math.min(first, this.whole.from));
    return { from: start, to: start + wide };
  }

  async show(asked) {
    const span = asked === this.whole ? asked : this.within(asked);
    this.span = span;
    const turn = this.turn = (this.turn ?? 0) + 1;
    const answer = await points(this.address, span.from, span.to, this.box.clientWidth);
    if (turn !== this.turn) return; // somebody moved on
    this.chart.setData(seconds(answer.columns), false);
    this.chart.setScale('x', { min: span.from / 1000, max: span.to / 1000 });
    this.label(answer.mean);
    const start = span.from === this.whole.from && span.to === this.whole.to;
    history.replaceState(null, '', start ? location.pathname + location.search : `#von=${Math.round(span.from)}&bis=${Math.round(span.to)}`);
  }

  label(mean) {
    this.status.textContent = `${WORDS.seen} ${moment.format(this.span.from)} – ${moment.format(this.span.to)}`;
    const labels = this.box.querySelectorAll('.u-legend .u-label');
    if (labels[1]) labels[1].textContent = mean ? WORDS.mean : WORDS.value;
    for (const row of [2, 3]) this.box.querySelectorAll('.u-legend tr')[row]?.toggleAttribute('hidden', !mean);
  }

  buttons() {
    const row = Object.assign(document.createElement('p'), { className: 'chart-buttons' });
    const add = (label, act) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label, className: 'plain-button' });
      button.addEventListener('click', act);
      row.append(button, ' ');
    };
    add(WORDS.closer, () => this.move({ zoom: 0.5 }));
    add(WORDS.further, () => this.move({ zoom: 2 }));
    add(WORDS.earlier, () => this.move({ by: -0.5 }));
    add(WORDS.later, () => this.move({ by: 0.5 }));
    add(WORDS.all, () => this.show(this.whole));
    return row;
  }

  async begin() {
    this.box = Object.assign(document.createElement('div'), { className: 'chart-live' });
    this.status = document.createElement('p');
    this.status.setAttribute('role', 'status');
    this.status.className = 'muted';
    const [answer] = await Promise.all([
      points(this.address, this.span.from, this.span.to, this.figure.clientWidth), load(this.figure.dataset), document.fonts.load('14px "Fira Sans"')]);
    this.ends = answer;
    this.picture.before(this.box);
    this.box.setAttribute('role', 'img');
    this.box.setAttribute('aria-label', this.picture.getAttribute('aria-label'));
    this.chart = new window.uPlot(this.options(this.figure.clientWidth), seconds(answer.columns), this.box);
    this.chart.setScale('x', { min: this.span.from / 1000, max: this.span.to / 1000 });
    this.chart.over.addEventListener('dblclick', () => this.show(this.whole));
    this.picture.setAttribute('hidden', '');
    this.box.after(this.buttons(), this.status);
    this.label(answer.mean);
    new ResizeObserver(() => {
      const width = this.figure.clientWidth;
      if (Math.abs(width - this.chart.width) > 1) this.chart.setSize({ width, height: this.chart.height });
    }).observe(this.figure);
    this.figure.dataset.ready = 'ja';
  }
}

for (const figure of document.querySelectorAll('[data-chart]')) new Chart(figure).begin().catch(error => console.error(error));
