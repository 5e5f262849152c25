import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { launchChromium } from '../support/chromium.ts';
import { type RunningVarve, startVarve } from './varve-server.ts';

const LOG = 'guild';
const now = Date.now();

let folder: string;
let varve: RunningVarve;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'varve-activity-'));
  // The archives of its configuration, empty.
  for (const archive of ['fresh', 'old']) await mkdir(join(folder, archive));
  [varve, browser] = await Promise.all([startVarve(folder), launchChromium()]);
  await send(
    Array.from({ length: 40 }, (_, index) => {
      const time = now - (40 - index) * HOUR;
      const asked = { id: `q${index}`, type: 'app_submitted', actor: `u${index}`, subject: `app-${index}`, time };
      const answer = { id: `a${index}`, type: 'accept', actor: 'moderator-1', subject: `app-${index}` };
      return index % 4 === 3 ? [asked] : [asked, { ...answer, time: time + 10 * MINUTE }];
    }).flat(),
  );
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await varve?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function send(events: readonly object[]): Promise<void> {
  const response = await fetch(`${varve.url}/api/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ stream: LOG, events }),
  });
  expect(response.status).toBe(200);
}

async function open(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${varve.url}/activity`);
  return { page, complaints };
}

test('the log is live, can be held and caught up with; counts, answer times, open items and moderators stand beside it', async () => {
  const { page, complaints } = await open();
  const rows = page.getByRole('region', { name: 'Events' }).locator('tbody tr');
  const dot = page.locator('[data-stream]');
  await expect.poll(() => dot.getAttribute('data-stream'), { timeout: 60_000 }).toBe('live');
  const before = await rows.count();
  await send([{ id: 'live-1', type: 'claim', actor: 'moderator-2', subject: 'app-39', time: Date.now() }]);
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(before + 1);
  expect(await rows.first().textContent()).toContain('moderator-2');

  await page.getByRole('button', { name: 'Pause' }).click();
  await send([2, 3].map((number) => ({ id: `live-${number}`, type: 'claim', actor: 'moderator-2', time: Date.now() })));
  await page.getByRole('button', { name: 'Go on, 2 new' }).click();
  await expect.poll(() => rows.count()).toBe(before + 3);

  await page.getByRole('combobox', { name: 'Type', exact: true }).selectOption('accept');
  await expect.poll(() => rows.count()).toBe(30);
  await page.getByText('Open: 10').waitFor();
  await page.getByRole('img', { name: 'Events by type in buckets of 1h' }).locator('canvas').waitFor();
  await page
    .getByRole('img', { name: /Median and 95th percentile/ })
    .locator('canvas')
    .waitFor();
  const moderator = page.getByRole('row', { name: /moderator-1/ }).last();
  expect(await moderator.textContent()).toContain('10 min');
  expect(complaints).toEqual([]);
});

test('the dot is red while the stream is down, and what was missed is there when it is back', async () => {
  const { page } = await open();
  const dot = page.locator('[data-stream]');
  const rows = page.getByRole('region', { name: 'Events' }).locator('tbody tr');
  await expect.poll(() => dot.getAttribute('data-stream'), { timeout: 60_000 }).toBe('live');
  const before = await rows.count();
  await page.context().setOffline(true);
  await expect.poll(() => dot.getAttribute('data-stream'), { timeout: 60_000 }).toBe('down');
  await send([1, 2, 3].map((number) => ({ id: `missed-${number}`, type: 'claim', time: Date.now() })));
  await page.context().setOffline(false);
  await expect.poll(() => dot.getAttribute('data-stream'), { timeout: 60_000 }).toBe('live');
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(before + 3);
});
