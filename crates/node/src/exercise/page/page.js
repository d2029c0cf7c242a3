// Tabs over the nodes' own screens, and the steps of the exercise as they happen.
'use strict';

const byId = (id) => document.getElementById(id);
/** Parties whose screens are shown, one or two. */
let shown = [];
let pair = false;
/** By party; a screen once opened goes on behind the others. */
const figures = new Map();
const tabs = new Map();
let screens = [];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function figureOf(screen) {
  let figure = figures.get(screen.party);
  if (!figure) {
    figure = element('figure');
    const frame = element('iframe');
    frame.src = screen.url;
    frame.title = `${screen.party}, ${screen.title}`;
    figure.append(element('figcaption', `${screen.party} · ${screen.title}`), frame);
    byId('screens').append(figure);
    figures.set(screen.party, figure);
  }
  return figure;
}

function show(parties) {
  const known = parties.filter((party) => screens.some((screen) => screen.party === party));
  if (known.length === 0) return;
  shown = pair ? [...new Set([...known, ...shown])].slice(0, 2) : known.slice(0, 1);
  for (const screen of screens) {
    const isShown = shown.includes(screen.party);
    if (isShown || figures.has(screen.party)) {
      const figure = figureOf(screen);
      figure.hidden = !isShown;
      figure.style.order = String(shown.indexOf(screen.party));
    }
    tabs.get(screen.party)?.setAttribute('aria-selected', String(isShown));
  }
}

function setPair(on) {
  pair = on;
  byId('pair').setAttribute('aria-pressed', String(on));
  if (on && shown.length < 2) {
    const other = screens.find((screen) => !shown.includes(screen.party));
    show([...shown, ...(other ? [other.party] : [])]);
  } else {
    show(shown);
  }
}

function toggleStory() {
  const steps = byId('steps');
  steps.hidden = !steps.hidden;
  byId('story').setAttribute('aria-pressed', String(!steps.hidden));
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

function drawTabs() {
  for (const [index, screen] of screens.entries()) {
    let tab = tabs.get(screen.party);
    if (!tab) {
      tab = element('button');
      tab.type = 'button';
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-selected', 'false');
      tab.title = `${screen.title} (${index + 1})`;
      tab.addEventListener('click', () => show([screen.party]));
      tabs.set(screen.party, tab);
      byId('tabs').append(tab);
    }
    tab.replaceChildren(`${index + 1} ${screen.party}`);
    if (!screen.answers) tab.append(element('span', ' starting', 'state'));
  }
}

let drawn = '';
function drawSteps(steps, elapsed) {
  const last = steps.findLastIndex((step) => step.state !== 'waiting');
  const key = JSON.stringify([steps, last]);
  if (key === drawn) return;
  drawn = key;
  byId('list').replaceChildren(
    ...steps.map((step, index) => {
      const item = element('li', undefined, step.state);
      if (index === last) item.classList.add('now');
      const when = element('span', `${clock(step.at_s)} · ${step.on.join(', ')}`, 'when');
      item.append(when, element('p', step.text));
      if (step.reason) item.append(element('p', `Refused: ${step.reason}`, 'reason'));
      const look = element('button', step.on.length > 1 ? `Show ${step.on.slice(0, 2).join(' and ')}` : `Show ${step.on[0]}`);
      look.type = 'button';
      look.addEventListener('click', () => {
        if (step.on.length > 1) setPair(true);
        show(step.on);
      });
      item.append(look);
      return item;
    }),
  );
  if (elapsed > 0) byId('list').children[last]?.scrollIntoView({ block: 'nearest' });
}

async function refresh() {
  let state;
  try {
    state = await (await fetch('exercise.json')).json();
  } catch {
    byId('clock').textContent = 'The exercise has ended.';
    return;
  }
  document.title = state.title;
  byId('title').textContent = state.title;
  byId('notice').textContent = state.notice;
  screens = state.screens;
  drawTabs();
  const up = screens.filter((screen) => screen.answers);
  if (shown.length === 0 && up.length === screens.length) show([screens[0].party]);
  const elapsed = state.began_ms === null ? 0 : (state.now_ms - state.began_ms) / 1000;
  byId('clock').textContent =
    state.began_ms === null
      ? `Waiting for ${screens.filter((s) => !s.answers).map((s) => s.party).join(', ')}`
      : `${clock(elapsed)} since the beginning`;
  drawSteps(state.steps, elapsed);
}

byId('pair').addEventListener('click', () => setPair(!pair));
byId('story').addEventListener('click', toggleStory);
addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const screen = screens[Number(event.key) - 1];
  if (screen) show([screen.party]);
  else if (event.key === 'p') setPair(!pair);
  else if (event.key === 's') toggleStory();
});
setInterval(refresh, 1000);
refresh();
