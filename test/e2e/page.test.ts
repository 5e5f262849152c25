import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { HOUR, MINUTE, reading, writeObject, writeObjects } from './small-archive.ts';
import { type RunningVarve, startVarve } from './varve-server.ts';

const now = Math.floor(Date.now() / MINUTE) * MINUTE;
const between = (from: number, to: number) => (at: number) => now - from <= at && at < now - to;
const NARROW = { width: 380, height: 800 };

let folder: string;
let varve: RunningVarve;
let browser: Browser;
/** What the pages complained about. A refused script or style of the content policy is among them. */
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'varve-page-'));
  const emptyHour = between(4 * HOUR, 3 * HOUR);
  const brokenMinutes = between(2 * HOUR, 2 * HOUR - 20 * MINUTE);
  await writeObjects(join(folder, 'fresh'), { from: now - 30 * HOUR, to: now }, emptyHour, brokenMinutes);
  const longAgo = now - 40 * 24 * HOUR;
  await writeObjects(join(folder, 'old'), { from: longAgo, to: longAgo + 24 * HOUR });
  [varve, browser] = await Promise.all([startVarve(folder), launchChromium()]);
  await backfill('fresh');
}, 180_000);

/** Reads an archive whole, as somebody would with curl. */
async function backfill(archive: string): Promise<void> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  const { id } = (await (await fetch(`${varve.url}/api/archives/${archive}/backfill`, request)).json()) as {
    id: string;
  };
  const stateOf = async () => ((await (await fetch(`${varve.url}/api/jobs/${id}`)).json()) as { state: string }).state;
  for (let state = 'queued'; state !== 'succeeded'; state = await stateOf()) expect(state).toMatch(/queued|running/);
}

afterAll(async () => {
  await browser?.close();
  await varve?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${path}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  await page.goto(varve.url + path);
  return page;
}

async function openSeries(title: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open('/', options);
  await page.getByRole('link', { name: new RegExp(title) }).click();
  await page.locator('.u-over').waitFor();
  return page;
}

/** Pixels of the plot: the part from the left, and the middle of its height. */
async function plotPoint(page: Page, part: number): Promise<{ x: number; y: number }> {
  const box = await page.locator('.u-over').boundingBox();
  if (!box) throw new Error('the plot is not on the screen');
  return { x: box.x + box.width * part, y: box.y + box.height / 2 };
}

async function point(page: Page, part: number): Promise<string> {
  const { x, y } = await plotPoint(page, part);
  await page.mouse.move(x, y);
  return (await page.getByRole('tooltip').textContent()) ?? '';
}

/** Pixels that stand out to the right. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

test('the overview is alive from the first minute', async () => {
  const page = await open('/');
  await page.getByText('live', { exact: true }).waitFor();
  const host = page.locator('[data-source^="host"]');
  await expect.poll(() => host.textContent(), { timeout: 60_000 }).toContain('complete to');
  const memory = page.getByRole('link', { name: /Memory of this process/ });
  await expect.poll(() => memory.textContent(), { timeout: 60_000 }).toMatch(/\d ?[KMG]iB/);
});

test('the search is a key away and finds by title', async () => {
  const page = await open('/');
  await page.getByRole('link', { name: /CPU in use/ }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('viewers of');
  await page.getByRole('link', { name: /CPU in use/ }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /Viewers of all/ }).waitFor();
});

test('a series opens with its freshness, and the window picker changes what is asked', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByRole('heading', { name: 'Viewers of all' }).waitFor();
  expect(await page.locator('[data-tone]').textContent()).toMatch(/complete to .* · reads .*fresh/);
  const asked = page.waitForResponse((response) => response.url().includes('window=6h'));
  await page.getByRole('button', { name: '6h', exact: true }).click();
  expect((await asked).status()).toBe(200);
  expect(page.url()).toContain('window=6h');
});

test('a gap says why it is one', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByRole('button', { name: '6h', exact: true }).click();
  await page.getByText('average per 1 min').waitFor();
  expect(await point(page, 0.1)).toContain('samples1');
  expect(await point(page, 2.5 / 6)).toContain('asked, empty');
  expect(await point(page, (4 + 1 / 6) / 6)).toContain('failed');
});

test('a brush zooms in and the way back is a key, a button and the browser', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByRole('button', { name: '6h', exact: true }).click();
  await page.waitForURL(/window=6h/);
  const brush = async (): Promise<void> => {
    const [start, end] = [await plotPoint(page, 0.7), await plotPoint(page, 0.9)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x, end.y, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=/);
  };
  for (const back of [
    () => page.keyboard.press('Backspace'),
    () => page.getByRole('button', { name: /Back to the window before/ }).click(),
    () => page.goBack(),
  ]) {
    await brush();
    await back();
    await page.waitForURL(/window=6h/);
  }
});

test('arrows and plus move and zoom the chart', async () => {
  const page = await openSeries('Viewers of all');
  await page.keyboard.press('ArrowLeft');
  await page.waitForURL(/from=/);
  const panned = page.url();
  await page.keyboard.press('+');
  await expect.poll(() => page.url(), { timeout: 10_000 }).not.toBe(panned);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url(), { timeout: 10_000 }).toBe(panned);
});

test('the chart can be read as a table', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByRole('button', { name: '6h', exact: true }).click();
  await page.getByRole('button', { name: 'Show as table' }).click();
  const rows = page.getByRole('row');
  await rows.filter({ hasText: 'asked, empty' }).first().waitFor();
  await rows.filter({ hasText: 'failed' }).first().waitFor();
});

test('a day of the coverage strip is a zoom away', async () => {
  const page = await openSeries('Viewers of all');
  const days = page.locator('[data-date]');
  await days.first().waitFor();
  await days.first().hover();
  expect(await page.getByRole('tooltip').textContent()).toContain('have');
  await days.first().click();
  await page.waitForURL(/from=/);
});

test('a backfill is started on the page and watched to its end', async () => {
  const page = await open('/archives');
  await page.getByRole('region', { name: 'old' }).getByRole('button', { name: 'Backfill…' }).click();
  await page.getByRole('button', { name: 'Start backfill' }).click();
  const job = page.locator('[data-job]').filter({ hasText: 'Backfill old' });
  const bar = job.getByRole('progressbar');
  const shown = async (): Promise<number> => Number(await bar.getAttribute('aria-valuenow'));
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(() => job.getAttribute('data-state'), { timeout: 25_000 }).toBe('succeeded');
  expect(await job.textContent()).toContain('samples 1,440');
}, 180_000);

test('what arrives is on the page without a reload', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByText('live', { exact: true }).waitFor();
  await page.evaluate('window.notReloaded = true');
  await writeObject(join(folder, 'fresh'), Math.floor(Date.now() / MINUTE) * MINUTE, reading(876_543));
  await expect.poll(() => page.getByText('876,543').count(), { timeout: 25_000 }).toBeGreaterThan(0);
  expect(await page.evaluate('window.notReloaded')).toBe(true);
}, 180_000);

test('the theme follows the system until one is chosen', async () => {
  const page = await open('/', { colorScheme: 'dark' });
  const theme = (): Promise<string | null> => page.locator('html').getAttribute('data-theme');
  expect(await theme()).toBe('dark');
  await page.getByRole('button', { name: 'Use the light theme' }).click();
  expect(await theme()).toBe('light');
  await page.reload();
  expect(await theme()).toBe('light');
});

test('a phone needs no sideways scrolling', async () => {
  const page = await openSeries('Viewers of all', { viewport: NARROW });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  for (const path of ['/', '/archives', '/configuration', '/nowhere']) {
    await page.goto(varve.url + path);
    await page.waitForLoadState('load');
    await page.getByText('live', { exact: true }).waitFor();
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
  }
});

test('an address that leads nowhere says so', async () => {
  const page = await open('/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
});

test('no page complained', () => {
  expect(complaints).toEqual([]);
});

test('when the server goes away the picture stays and says of when it is', async () => {
  const page = await openSeries('Viewers of all');
  await page.getByText('live', { exact: true }).waitFor();
  await varve[Symbol.asyncDispose]();
  await page.getByText(/reconnecting since/).waitFor();
  await page.getByRole('button', { name: '7d', exact: true }).click();
  await page.getByText(/showing the answer of .*; the server does not answer/).waitFor();
  expect(await page.locator('.u-over').count()).toBe(1);
  expect(await page.getByRole('img').getAttribute('aria-label')).toContain('Viewers of all');
});
