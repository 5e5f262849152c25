import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { MINUTE } from './small-archive.ts';
import { type RunningVarve, startVarve } from './varve-server.ts';

const SECOND = 1_000;
const NARROW = { width: 380, height: 800 };
const PATIENCE = { timeout: 60_000 };

let folder: string;
let varve: RunningVarve;
let browser: Browser;
/** What the pages complained about while the server was there. */
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'varve-samples-'));
  [varve, browser] = await Promise.all([startVarve(folder, 'export default {};'), launchChromium()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await varve?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${path}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  await page.goto(varve.url + path);
  await page.getByText('live', { exact: true }).first().waitFor();
  return page;
}

async function push(device: string, samples: readonly object[]): Promise<void> {
  const response = await fetch(`${varve.url}/api/samples?device=${encodeURIComponent(device)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(samples),
  });
  expect(await response.json()).toMatchObject({ accepted: samples.length, rejected: [] });
}

/** A reading every ten seconds over the last fifty minutes but for ten of them, and the newest now. */
function readings(): object[] {
  const now = Math.floor(Date.now() / SECOND) * SECOND;
  return Array.from({ length: 301 }, (_, index) => now - index * 10 * SECOND)
    .filter((at) => at > now - 20 * MINUTE || at < now - 30 * MINUTE)
    .map((timestamp) => ({ timestamp, temperature: 20 + (timestamp % MINUTE) / MINUTE, humidity: 48 }));
}

const card = (page: Page, device: string) => page.locator(`[data-device="${device}"]`);

async function openView(device: string, field: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open('/samples', options);
  await card(page, device)
    .getByRole('link', { name: new RegExp(`^${field}`) })
    .click();
  await page.locator('.u-over').first().waitFor();
  return page;
}

const summary = async (page: Page): Promise<string> =>
  (await page
    .getByRole('img', { name: /samples in segments/ })
    .first()
    .getAttribute('aria-label')) ?? '';

/** Pixels that stand out to the right. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Keeps every state that a refresh is shown in. */
async function recordRefresh(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`{
    const shown = document.querySelector('[data-refresh]');
    window.phases = [];
    const keep = () => window.phases.push(shown.dataset.refresh);
    new MutationObserver(keep).observe(shown, { attributes: true, attributeFilter: ['data-refresh'] });
  }`);
  return () => page.evaluate<string[]>('window.phases');
}

test('where nothing was pushed yet the page says how, and its own line brings the first device', async () => {
  const page = await open('/samples');
  const snippet = (await page.locator('pre').first().textContent()) ?? '';
  const [, url, type, body] = /^curl '(.+?)' \\\n {2}-H 'content-type: (.+?)' \\\n {2}-d '(.+)'$/s.exec(snippet) ?? [];
  const response = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': type ?? '' },
    body: body ?? '',
  });
  expect(await response.json()).toMatchObject({ accepted: 1, values: 2 });
  const device = card(page, 'greenhouse');
  await device.getByText('live').waitFor();
  expect(await device.textContent()).toContain('seen');
  await device.getByRole('link', { name: /temperature.*21\.4/ }).waitFor();
  await device.getByRole('link', { name: /humidity.*48/ }).waitFor();
}, 180_000);

test('the line for line protocol works as it stands', async () => {
  const page = await open('/samples');
  await page.getByText('Push from another device').click();
  const snippet = (await page.locator('pre').nth(1).textContent()) ?? '';
  const [, url, type, body] = /^curl '(.+?)' \\\n {2}-H 'content-type: (.+?)' \\\n {2}-d '(.+)'$/s.exec(snippet) ?? [];
  const response = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': type ?? '' },
    body: body ?? '',
  });
  expect(await response.json()).toMatchObject({ accepted: 1, values: 2 });
});

test('a device tells its pace, its gaps and what it measures', async () => {
  await push('meter', readings());
  const page = await open('/samples');
  const meter = card(page, 'meter');
  await meter.getByText(/every 10 s/).waitFor();
  await meter.getByRole('button', { name: /1 gap, the newest/ }).click();
  await page
    .getByRole('dialog', { name: 'Gaps of meter' })
    .getByText(/, 10 min .*: nothing received/)
    .waitFor();
});

test('a hole is drawn as a gap, and the table says why', async () => {
  const page = await openView('meter', 'temperature');
  await page.waitForURL(/\/samples\/\w+/);
  await expect.poll(() => summary(page), PATIENCE).toContain('drawn in 2 pieces with gaps between');
  expect(await summary(page)).toMatch(/Latest .*\. Missing: /);
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page
    .getByRole('row')
    .filter({ hasText: /not received|may still come|closed, empty/ })
    .first()
    .waitFor();
  await page.getByRole('row').filter({ hasText: '(open)' }).first().waitFor();
});

test('fields that are measured together stand below, each on its own scale', async () => {
  const page = await openView('meter', 'temperature');
  await page.getByRole('heading', { name: /humidity\s*latest 48/ }).waitFor();
  expect(await page.locator('.u-over').count()).toBe(2);
});

test('windows and segments are picked by buttons and keys, and the browser leads back', async () => {
  const page = await openView('meter', 'temperature');
  const asked = page.waitForResponse((response) => /samples\/latest.*window=10h.*samples=100/.test(response.url()));
  await page.getByRole('button', { name: '10h', exact: true }).click();
  expect((await asked).status()).toBe(200);
  await page.waitForURL(/window=10h&samples=100/);
  await page.keyboard.press('3');
  await page.waitForURL(/window=1d&samples=100/);
  await page.keyboard.press('+');
  await page.waitForURL(/window=1d&samples=250/);
  await page.keyboard.press('-');
  await page.waitForURL(/window=1d&samples=100/);
  await page.keyboard.press('Backspace');
  await page.waitForURL(/window=1d&samples=250/);
  await page.goBack();
  await page.waitForURL(/window=1d&samples=100/);
});

test('what is pushed is in the picture without a reload', async () => {
  const page = await openView('meter', 'temperature');
  await page.evaluate('window.notReloaded = true');
  await push('meter', [{ timestamp: Date.now(), temperature: 77.7, humidity: 48 }]);
  await expect.poll(() => summary(page), PATIENCE).toContain('to 77.7');
  expect(await page.evaluate('window.notReloaded')).toBe(true);
}, 180_000);

test('a refresh is followed from the question to the new picture, and the focus stays', async () => {
  const page = await openView('meter', 'temperature');
  const phases = await recordRefresh(page);
  const version = () => page.getByTitle(/^Version .* as JSON/).getAttribute('title');
  const before = await version();
  const events = page.waitForRequest(
    (request) => request.headers().accept === 'text/event-stream' && /refresh/.test(request.url()),
  );
  const refresh = page.getByRole('button', { name: /Refresh/ });
  await push('meter', [{ timestamp: Date.now(), temperature: 88.8, humidity: 48 }]);
  await refresh.click();
  await events;
  await expect.poll(phases, PATIENCE).toContain('done');
  const seen = await phases();
  expect(seen[0]).toBe('asking');
  expect(seen).toContain('running');
  expect(seen.at(-2)).toBe('swapping');
  expect(await summary(page)).toContain('to 88.8');
  expect(await version()).not.toBe(before);
  expect(await refresh.evaluate((button) => button === button.ownerDocument.activeElement)).toBe(true);
  await page.getByText('Refreshed: the newest version is shown.').waitFor();
}, 180_000);

test('a refresh whose stream is cut says so, and ends well by asking', async () => {
  const page = await openView('meter', 'temperature');
  const isStream = (headers: Record<string, string>) => headers.accept === 'text/event-stream';
  await page.route(/samples\/refresh\//, (route) =>
    isStream(route.request().headers()) ? route.abort('connectionfailed') : route.continue(),
  );
  const complained = complaints.length;
  await page.getByRole('button', { name: /Refresh/ }).click();
  await page.getByText('Refreshed: the newest version is shown.').waitFor();
  // The browser itself reports a connection that failed.
  expect(complaints.splice(complained).filter((text) => !text.includes('ERR_CONNECTION_FAILED'))).toEqual([]);
}, 180_000);

test('the whole round needs no mouse', async () => {
  const page = await open('/samples');
  await card(page, 'meter')
    .getByRole('link', { name: /^humidity/ })
    .waitFor();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  for (let stops = 0; !(await focused()).startsWith('humidity'); stops++) {
    expect(stops).toBeLessThan(60);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/samples\/\w+/);
  await page.locator('.u-over').first().waitFor();
  await page.keyboard.press('2');
  await page.waitForURL(/window=10h/);
  const phases = await recordRefresh(page);
  await page.keyboard.press('r');
  await expect.poll(phases, PATIENCE).toContain('done');
}, 180_000);

test('builds that are well take one line', async () => {
  const page = await open('/samples');
  const builds = page.getByRole('region', { name: 'Builds of windows' });
  await builds.getByText(/\d+ published/).waitFor();
});

test('the overview counts devices among its sources', async () => {
  const page = await open('/');
  await page.locator('[data-source="meter"]').getByText('live').waitFor();
  await page.locator('[data-source="meter"]').getByRole('link').click();
  await page.waitForURL(/\/samples$/);
});

test('a phone needs no sideways scrolling', async () => {
  const page = await openView('meter', 'temperature', { viewport: NARROW });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Show as table' }).click();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  for (const path of ['/samples', '/']) {
    await page.goto(varve.url + path);
    await page.getByText('greenhouse').first().waitFor();
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
  }
  await page.goto(`${varve.url}/samples`);
  await page.getByText('Push from another device').click();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test('a series that is not there is not found', async () => {
  const page = await open('/');
  const complained = complaints.length;
  await page.goto(`${varve.url}/samples/nowhere`);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  // The browser itself reports answers of 404.
  expect(complaints.splice(complained).filter((text) => !text.includes('404'))).toEqual([]);
});

test('no page complained', () => {
  expect(complaints).toEqual([]);
});

test('when the server goes away the picture stays and says so, and comes back to life with it', async () => {
  const page = await openView('meter', 'temperature');
  const phases = await recordRefresh(page);
  await varve[Symbol.asyncDispose]();
  await page.getByText(/reconnecting since/).waitFor();
  await page.keyboard.press('r');
  await page.getByText(/The refresh failed: it cannot be reached\. The picture of .* stays\./).waitFor();
  expect(await phases()).toEqual(['asking', 'failed']);
  await page.keyboard.press('2');
  await page.getByText(/showing the answer of .*; the server does not answer/).waitFor();
  expect(await page.locator('.u-over').count()).toBe(2);
  expect(await summary(page)).toContain('temperature');
  await page.keyboard.press('1');
  varve = await startVarve(folder, 'export default {};', Number(new URL(varve.url).port));
  await page.getByText('live', { exact: true }).first().waitFor();
  await push('meter', [{ timestamp: Date.now(), temperature: 99.9, humidity: 48 }]);
  await expect.poll(() => summary(page), PATIENCE).toContain('to 99.9');
  await page.getByText(/showing the answer of/).waitFor({ state: 'detached' });
  expect(await page.getByText(/The refresh failed/).count()).toBe(0);
}, 180_000);
