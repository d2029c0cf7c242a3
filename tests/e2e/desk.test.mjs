// What an operator does at the desk, by keyboard alone and in two languages; against the stand-in
// node, whose traffic is the same each time and which tells what it was sent. A page is opened once a
// language; its stories follow one another.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Keyboard } from './keyboard.mjs';
import { ROOT, launchBrowser, obstacle, until } from './system.mjs';

const why = obstacle();
const options = { timeout: 120_000, ...(why !== null && { skip: why }) };
const shots = process.env.ENTENTE_SHOTS;

let browser;
let startMockNode;
const nodes = [];
const complaints = [];

before(async () => {
  if (why) return;
  ({ startMockNode } = await import(join(ROOT, 'web', 'dev', 'mock-node.mjs')));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  for (const node of nodes) await node.close();
});

async function started(more = {}) {
  const node = await startMockNode({ tracks: 60, joint: true, desk: true, ...more });
  nodes.push(node);
  return node;
}

const live = (page) => page.waitForFunction(() => window.__entente?.connection === 'live' && window.__entente.drawn.length > 0);

async function opened(node, search) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => line.type() === 'error' && !/404/.test(line.text()) && complaints.push(line.text()));
  const keys = await Keyboard.begin(page);
  await page.goto(`http://127.0.0.1:${node.port}/${search}`);
  return { page, keys };
}

const selected = (page) => page.evaluate(() => window.__entente.selected);

for (const lang of ['en', 'ru']) {
  let whole = true;
  /** The next story on the page; where one has failed, those after it would only wait. */
  const story = (words, does) =>
    test(`${words} by keyboard alone (${lang})`, options, async () => {
      assert.ok(whole, 'a story before this one failed');
      whole = false;
      await does();
      whole = true;
    });
  let node;
  let page;
  let keys;
  /** Waits until the node was sent a message; gives it, and forgets it. */
  const told = async (type) => {
    const found = await until(`the node to be sent ${type}`, async () => node.heard.find((message) => message.type === type));
    node.heard.splice(node.heard.indexOf(found), 1);
    return found;
  };
  const shot = async (name) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `keys-${lang}-${name}.png`) });
  };
  /** To the track table's first row, of those that a text leaves. */
  const choose = async (text) => {
    await keys.press('/');
    await keys.type(text);
    await keys.press('Enter', 'Home');
    return until('a track to be selected', () => selected(page));
  };

  story('an alert is taken, acknowledged and muted', async () => {
    node = await started();
    ({ page, keys } = await opened(node, `?lang=${lang}`));
    await live(page);
    await page.locator('.alert-line').first().waitFor();
    await keys.press('n');
    // Nobody has said who they are: that is asked first.
    await page.locator('.alert-why').waitFor();
    await keys.press('a');
    await page.waitForSelector('#alert-name:focus');
    await keys.type('Asel (Shift lead)');
    await keys.press('Enter');
    assert.deepEqual(await told('acknowledge'), { type: 'acknowledge', alert: 11, by: 'Asel (Shift lead)' });
    await keys.use('.alert-why summary');
    await keys.fill('.alert-why details input[type=text]', 'known to the tower');
    await keys.use('.alert-why details select', 'ArrowDown');
    await keys.use('.alert-why details button[type=submit]');
    const muted = await told('mute_alert');
    assert.deepEqual([muted.alert, muted.for_s, muted.reason], [11, 3600, 'known to the tower']);
    // The next is acknowledged at once.
    await keys.press('n', 'a');
    assert.equal((await told('acknowledge')).alert, 13);
    // Along the list.
    await keys.press('ArrowDown', 'Enter');
    await page.locator('.alert-list li:nth-child(4) .alert-why').waitFor();
    await keys.press('Home', 'Enter');
    await page.locator('.alert-list li:nth-child(1) .alert-why').waitFor();
    await shot('alert');
  });

  story('an incident is opened, worked on, taken and closed', async () => {
    await keys.press('i');
    await page.waitForSelector('#incident-title:focus');
    await keys.press('Enter');
    const asked = await told('open_incident');
    assert.deepEqual([asked.kind, asked.alerts, asked.by], ['border', [11], { name: 'Asel', position: 'Shift lead' }]);
    // A draft that nobody wants is left with Escape.
    await keys.press('i');
    await page.waitForSelector('#incident-title:focus');
    await keys.press('Escape');
    await page.locator('#incident-form').waitFor({ state: 'detached' });
    await keys.part('#incidents');
    await keys.use('.incident-line');
    await keys.use('.incident-steps input:not(:checked)', 'Space');
    assert.deepEqual((await told('on_incident')).deed, { type: 'tick', step: 2, done: true });
    await keys.fill('.incident-detail form input[type=text]', 'left engine shut down');
    await keys.press('Enter');
    assert.equal((await told('on_incident')).deed.text, 'left engine shut down');
    const reasoned = '.incident-detail div.act-form';
    await keys.fill(`${reasoned} input[type=text]`, 'my watch');
    await keys.use(`${reasoned} button`);
    const taken = await told('on_incident');
    assert.deepEqual([taken.deed.type, taken.deed.to.name, taken.why], ['transfer', 'Asel', 'my watch']);
    await keys.use(`${reasoned} select`, 'ArrowDown');
    await keys.press('Tab', 'Enter');
    assert.deepEqual((await told('on_incident')).deed, { type: 'close', outcome: 'ended_safely' });
    await shot('incident');
  });

  story('an identity is set, confirmed as the second person, and a proposal answered', async () => {
    const number = await choose('BAW');
    await page.locator('#identity').waitFor();
    await keys.press('d');
    await page.locator('#identity-dialog[open]').waitFor();
    await keys.press('Space', 'ArrowDown', 'ArrowDown', 'Tab');
    await keys.type('said by the tower');
    await keys.to('#identity-dialog button[type=submit]');
    await shot('identity');
    await keys.press('Enter');
    const set = await told('set_identity');
    assert.deepEqual([set.number, set.why, set.by], [number, 'said by the tower', 'Asel (Shift lead)']);
    await keys.part('#track');
    await keys.use('#identity .identity-proposal button');
    await page.locator('#identity-dialog[open]').waitFor();
    await keys.fill('#identity-dialog textarea', 'plan agrees');
    await keys.use('#identity-dialog button[type=submit]');
    assert.equal((await told('answer_proposal')).answer, 'accept');
    await keys.part('#identities');
    await keys.fill('#identities .identity-waiting input', 'Bek');
    await keys.press('Enter');
    assert.equal((await told('confirm_identity')).by, 'Bek');
  });

  story('why a track is shared is asked and told', async () => {
    await keys.part('#track');
    await keys.use('.sharing button');
    assert.equal((await told('explain')).party, 'KAZ');
    await page.locator('.sharing .answer').waitFor();
    await shot('why');
  });

  story('a partner is asked, and answered', async () => {
    await keys.press('q');
    await page.locator('#requests-desk[open]').waitFor();
    await keys.use('#requests-desk .desk-head .button');
    await page.waitForSelector('#ask-form select:focus');
    await keys.use('#ask-form input[type=checkbox]', 'Space');
    await keys.fill('#ask-form textarea', 'What do you hold there?');
    await keys.use('#ask-form button[type=submit]');
    const asked = await told('ask');
    assert.deepEqual([asked.of, asked.text, asked.by], [['KAZ'], 'What do you hold there?', 'Bek']);
    await keys.to('#requests-desk .to-answer .choose');
    // Along the table and back.
    await keys.press('End', 'Home', 'Enter');
    await page.waitForSelector('#answer-form input:focus');
    await keys.press('Space', 'ArrowDown', 'Tab');
    await keys.type('from 13:30Z');
    await keys.use('#answer-form button[type=submit]');
    const answered = await told('answer');
    assert.deepEqual([answered.asker, answered.answer, answered.words], ['KAZ', 'in_part', 'from 13:30Z']);
    await shot('requests');
    await keys.press('Escape');
    await page.locator('#requests-desk[open]').waitFor({ state: 'detached' });
  });

  story('standing in for a silent partner is confirmed', async () => {
    await keys.part('#requests');
    await keys.to('.back-up input');
    await keys.type('Bek');
    await keys.press('Enter');
    const confirmed = await told('confirm');
    assert.deepEqual([confirmed.proposal, confirmed.by], ['take_over', 'Bek']);
  });

  story('what a partner is sent is looked at, and left', async () => {
    await keys.press('Alt+Digit1');
    await page.locator('#as-partner').waitFor();
    assert.equal((await told('see_as')).party, 'KAZ');
    await keys.press('Alt+Digit0');
    await page.locator('#as-partner').waitFor({ state: 'detached' });
  });

  story('an accord is suspended and resumed, and a draft of it is rehearsed', async () => {
    await keys.part('#partners');
    await keys.press('Enter');
    await keys.use('.partner .accord:nth-of-type(2) .suspension summary, .partner .accord .suspension summary');
    await keys.fill('.suspension[open] label:last-of-type input', 'a matter between us');
    await keys.use('.suspension[open] button[type=submit]');
    const suspended = await told('suspend');
    assert.deepEqual([suspended.reason, suspended.by], ['a matter between us', 'Bek']);
    await page.locator('.accord', { hasText: /suspended by XXA|приостановлено стороной XXA/ }).first().waitFor();
    await keys.to('.suspension summary');
    await keys.press('Enter');
    await keys.use('.suspension[open] button[type=submit]');
    assert.equal((await told('resume')).accord, suspended.accord);
    await keys.use('.accord .desk-form ~ button, .accord > button');
    await page.locator('#rehearsal[open]').waitFor();
    await keys.press('Escape');
    await page.locator('#rehearsal[open]').waitFor({ state: 'detached' });
    await shot('partner');
  });

  story('a sensor is looked into', async () => {
    // What was looked for before is not asked any more.
    await keys.press('Escape');
    await keys.part('#sensors');
    await keys.press('ArrowDown', 'ArrowDown', 'Enter');
    await page.locator('.sensor-facts').waitFor();
    // A bias beyond its limit stands beside it, with a sign.
    const azimuth = page.locator('.sensor-facts .said.caution', { hasText: '+0.31° ± 0.02°' });
    assert.match(await azimuth.textContent(), /0\.10°$/);
    assert.equal(await azimuth.locator('svg').count(), 1);
    const time = page.locator('.sensor-facts .said.muted');
    assert.match(await time.textContent(), lang === 'en' ? /^not known, limit 100 ms$/ : /^неизвестно/);
    assert.equal(await page.locator('.sensor > .said.caution').count(), 2, 'what the radar says of itself is not what arrives');
    await keys.press('Enter');
    await page.locator('.sensor-facts').waitFor({ state: 'detached' });
  });

  story('where a sensor has seen is held against what is predicted, level by level', async () => {
    await keys.press('ArrowUp', 'Enter');
    await keys.use('.sensor-tools button');
    assert.deepEqual(await told('look_at_sensor'), { type: 'look_at_sensor', sensor: '1/2' });
    const row = (at) => page.locator('.cover-table tbody tr').nth(at);
    await page.waitForFunction(() => /\d \/ \d/.test(document.querySelector('.cover-table tbody')?.textContent ?? ''));
    const area = async (at) => (await row(at).locator('td').first().textContent()).replaceAll('\u202f', '').split(' / ').map(Number);
    const [low, high] = [await area(0), await area(4)];
    assert.ok(low[0] < low[1] && low[1] < high[1], `${low} ${high}`);
    assert.match(await row(0).locator('td').nth(1).textContent(), /^\d\d %$/);
    await shot('coverage');
    await keys.to('.cover-table input:checked');
    await keys.press('ArrowDown');
    assert.ok(await row(3).locator('input').isChecked());
    await keys.to('.sensor-tools button:not(.alone)', { backwards: true });
  });

  story('tracks that only one sensor holds are shown', async () => {
    await keys.to('.sensor-tools .alone');
    const many = Number((await page.textContent('.sensor-tools .alone')).match(/\d+/)[0]);
    assert.ok(many > 0);
    await keys.press('Enter');
    await until('the table to hold those alone', async () => (await page.textContent('#filter-count')).match(/\d+/g).join(' ') === `${many} 60`);
    assert.match(page.url(), /[?&]only=1\/2/);
    await shot('alone');
    await keys.press('Enter');
    await until('all to be shown again', async () => !page.url().includes('only='));
    await keys.to('.sensor-tools button:not(.alone)', { backwards: true });
    await keys.press('Enter');
    assert.deepEqual(await told('look_at_sensor'), { type: 'look_at_sensor', sensor: null });
    await keys.to('.sensor-head[aria-expanded=true]', { backwards: true });
    await keys.press('Enter');
    await page.locator('.sensor-facts').waitFor({ state: 'detached' });
  });

  story('range and bearing between two moving tracks', async () => {
    const first = await choose('');
    await keys.press('r');
    await page.locator('#measures [role=status]').waitFor();
    await keys.press('ArrowDown');
    await until('the next track to be selected', async () => (await selected(page)) !== first);
    await keys.press('r');
    const words = () => page.textContent('#measures li');
    await page.locator('#measures li').waitFor();
    const before = await words();
    assert.match(before, /→.*\d{3}° \d+[.,]\d NM/);
    await until('the line to move with its ends', async () => (await words()) !== before);
    await keys.to('#measures li button', { backwards: true });
    await keys.press('Enter');
    await page.locator('#measures').waitFor({ state: 'detached' });
  });

  story('the map is moved, its layers switched, its panels closed', async () => {
    await keys.part('#map');
    const view = () => new URL(page.url()).searchParams.get('at');
    for (const key of ['ArrowRight', '+', 'Home']) {
      const before = view();
      await keys.press(key);
      await until(`${key} to move the map`, async () => view() !== before);
    }
    const airspace = page.locator('.tool[title*="(P)"]');
    await keys.press('p');
    await until('airspaces to be gone', async () => (await airspace.getAttribute('aria-pressed')) === 'false');
    await keys.press('p');
    await until('airspaces to be back', async () => (await airspace.getAttribute('aria-pressed')) === 'true');
    for (const [key, shown] of [['[', '.side-left'], [']', '.side-right'], ['b', '.rows']]) {
      await keys.press(key);
      await page.locator(shown).waitFor({ state: 'detached' });
      await keys.press(key);
      await page.locator(shown).waitFor();
    }
    await keys.press('m');
    await page.locator('.side-left').waitFor({ state: 'detached' });
    await keys.press('m', 't');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light' && document.querySelector('.side-left'));
  });

  story('the past is looked at, and left from where one stands', async () => {
    await keys.press(',');
    await page.waitForFunction(() => window.__entente.connection === 'replay');
    const past = () => new URL(page.url()).searchParams.get('past');
    const shown = past();
    await keys.part('.timeline');
    await keys.to('#timeline');
    await keys.press('ArrowLeft');
    await until('another instant', async () => past() !== null && past() !== shown);
    await keys.to('#known', { backwards: true });
    await keys.press('ArrowDown');
    await page.waitForFunction(() => /known=now/.test(location.search));
    await shot('past');
    await keys.to('#timeline');
    await keys.press('l');
    await live(page);
    assert.equal(past(), null);
  });

  story('settings are opened, changed and left; the sheet of keys too', async () => {
    await keys.press('o');
    await page.locator('#settings[open]').waitFor();
    await keys.use('#settings input[name=vectorMin]:checked', 'ArrowRight');
    await keys.to('#settings input[name=history]');
    await keys.press('Escape');
    await page.locator('#settings[open]').waitFor({ state: 'detached' });
    await keys.press('?');
    await page.locator('.help[open]').waitFor();
    // What is under it does nothing meanwhile.
    await keys.press('t', '?');
    await page.locator('.help[open]').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  });

  story('a filter and a selected track stand in the address and outlive a reload', async () => {
    const number = await choose('BAW');
    await page.waitForFunction(() => /find=BAW/.test(location.search) && /track=\d+/.test(location.search));
    await keys.end();
    await page.reload();
    await live(page);
    assert.equal(await page.inputValue('#filter-text'), 'BAW');
    await until('the same track to be selected', async () => (await selected(page)) === number);
    await keys.press('/');
    await keys.use('#keep-filter');
    await page.locator('#saved-filters').waitFor();
    assert.equal(await page.inputValue('#saved-filters'), 'BAW');
    assert.equal(await page.getByText('[en]').count(), 0);
    await keys.end();
    await page.close();
  });

  story('signing in and out', async () => {
    const shut = await started({ signedOut: true });
    ({ page, keys } = await opened(shut, `?lang=${lang}`));
    await page.waitForSelector('#sign-in-name:focus');
    await keys.type('asel');
    await keys.press('Tab');
    await keys.type('a password of hers');
    await keys.press('Enter');
    await live(page);
    await keys.part('.top-bar');
    await keys.use('#sign-out');
    await page.waitForSelector('#sign-in-name:focus');
    await keys.end();
    await page.close();
  });
}

test('on a tablet the next alert is shown with its reasons, and its track is selected', options, async () => {
  const { page, keys } = await opened(nodes[0], '?lang=en');
  await live(page);
  await page.locator('#alerts .alert-line').first().waitFor();
  await page.setViewportSize({ width: 1024, height: 768 });
  await keys.press('n');
  await page.locator('.alert-why').waitFor();
  assert.notEqual(await selected(page), null);
  assert.equal(await page.locator('.side-right').count(), 0, 'one panel has room');
  await page.close();
});

test('a measure begun by keyboard ends at a click, on a place too', options, async () => {
  const { page, keys } = await opened(nodes[0], '?lang=en');
  await live(page);
  await keys.press('/', 'Enter', 'Home');
  await until('a track to be selected', () => selected(page));
  await keys.press('r');
  const map = await page.locator('#map').boundingBox();
  const free = await page.evaluate(() => {
    const { clientWidth: width, clientHeight: height } = document.getElementById('map');
    for (let x = 60; x < width - 60; x += 20)
      for (let y = 90; y < height - 90; y += 20) if (window.__entente.drawn.every((one) => Math.hypot(one.x - x, one.y - y) > 90)) return { x, y };
    return null;
  });
  assert.ok(free, 'no place without tracks');
  await page.mouse.click(map.x + free.x, map.y + free.y);
  await page.locator('#measures li').waitFor();
  assert.match(await page.textContent('#measures li'), /→ \d\d°\d\d\.\d'[NS] \d{3}°\d\d\.\d'[EW]/);
  assert.notEqual(await selected(page), null, 'the click measured and selected nothing else');
  await page.close();
});

test('the page complained of nothing', options, () => assert.deepEqual(complaints, []));
