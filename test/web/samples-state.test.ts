import { expect, test } from 'vitest';
import { WAITS_FOR_BUILD } from '../../src/domain/windows.ts';
import { buildTrouble, troubleText } from '../../web/src/samples/build-state.ts';
import { dayParts, dayText } from '../../web/src/samples/day-parts.ts';
import { devicesText, newestText, paceText, skewOf } from '../../web/src/samples/device-state.ts';
import { neighbour, readPublishedWindow, writePublishedWindow } from '../../web/src/samples/published-window.ts';
import { staleText, updateStateOf, updateText } from '../../web/src/samples/update-state.ts';
import { DAY, HOUR, MINUTE, T0 } from './answers.ts';
import { device, meta, publication, SECOND } from './samples.ts';

test('says how old a picture is and when the next comes', () => {
  expect(updateText(meta(), T0 + 2 * SECOND)).toBe('last updated 2 s ago · next in 3 s');
  expect(updateText(meta(), T0 + 12 * SECOND)).toBe('last updated 12 s ago · next with new samples, or in 18 s');
  expect(updateText(meta(), T0 + 40 * SECOND)).toBe('last updated 40 s ago · the next is due');
  expect(updateText(meta({ count: 0 }), T0 + HOUR)).toBe('last updated 1 h ago · next with new samples');
  expect(updateText(meta({ source: 'ladder', versionId: null }), T0)).toBe('computed just now');
});

test('newer samples are no trouble until their build is due and does not come', () => {
  const behind = meta({ window: '12m', stale: true, staleSince: T0 + MINUTE, reason: WAITS_FOR_BUILD });
  expect(updateStateOf(behind, T0 + 10 * MINUTE)).toBe('waiting');
  expect(staleText(behind, 'UTC', T0 + 10 * MINUTE)).toBeUndefined();
  expect(updateStateOf(behind, T0 + 20 * MINUTE)).toBe('stale');
  const failed = { ...behind, reason: 'disk full' };
  expect(staleText(failed, 'UTC', T0 + 2 * MINUTE)).toBe('stale since 10:01, for 1 min: disk full');
  expect(updateStateOf(meta(), T0 + HOUR)).toBe('current');
});

test('the last resort of a device is called that, stale or not', () => {
  const fallback = meta({ source: 'fallback', reason: 'the store is down' });
  expect(updateStateOf(fallback, T0)).toBe('fallback');
  expect(staleText(fallback, 'UTC', T0 + HOUR)).toBe('last-resort data of the device, of 10:00: the store is down');
});

test('the address names window and segments, and anything unknown is the default', () => {
  expect(readPublishedWindow('?window=10d&samples=500&tz=Asia/Kolkata')).toEqual({
    window: '10d',
    samples: 500,
    zone: 'Asia/Kolkata',
  });
  expect(readPublishedWindow('?window=7d&samples=99&tz=Nowhere')).toEqual({
    window: '1h',
    samples: 100,
    zone: undefined,
  });
  const written = writePublishedWindow({ window: '3m', samples: 20 }, 'Europe/Berlin');
  expect(written).toBe('?window=3m&samples=20&tz=Europe/Berlin');
  expect(readPublishedWindow(written)).toEqual({ window: '3m', samples: 20, zone: 'Europe/Berlin' });
});

test('finer and coarser end at the ends', () => {
  expect(neighbour([20, 100, 250], 100, 1)).toBe(250);
  expect(neighbour([20, 100, 250], 250, 1)).toBe(250);
  expect(neighbour([20, 100, 250], 20, -1)).toBe(20);
});

test('a device tells its pace in the unit that makes it readable', () => {
  expect(paceText(device())).toBe('every 10 s · 6 samples/min');
  expect(paceText(device({ cadence: 200, samplesPerMinute: 300 }))).toBe('every 200 ms · 5 samples/s');
  expect(paceText(device({ cadence: HOUR, samplesPerMinute: 1 / 60 }))).toBe('every 1 h · 1 sample/h');
  expect(paceText(device({ cadence: null, samplesPerMinute: null }))).toBe('');
});

test('a clock that is off is told once it matters', () => {
  expect(skewOf(device({ clockSkew: 900 }))).toBeUndefined();
  expect(skewOf(device({ clockSkew: -5 * SECOND }))).toEqual({ text: 'clock 5 s behind', harms: false });
  expect(skewOf(device({ clockSkew: 3 * HOUR }))).toEqual({ text: 'clock 3 h ahead', harms: true });
});

test('a device that was heard of, but of old samples, says how old they are', () => {
  expect(newestText(device({ lastSampleAt: T0 - 2 * HOUR }), T0)).toBe('newest sample 2 h old');
  expect(newestText(device(), T0 + DAY)).toBeUndefined();
});

test('states are counted in one line', () => {
  expect(devicesText([device(), device({ state: 'gone' }), device()])).toBe('2 live · 1 gone');
});

test('the strip of a day shows what is there, and nothing before the first sample', () => {
  const half = device({
    firstSampleAt: T0 - 12 * HOUR,
    coverage: 0.9,
    gaps: [
      { from: T0 - 6 * HOUR, to: T0 - 3 * HOUR, reason: 'nothing received' },
      { from: T0 - HOUR, to: T0, reason: 'nothing received; it may still come' },
    ],
    gapsOmitted: 1,
  });
  expect(dayParts(half, T0)).toEqual([
    { from: 0.5, length: 0.5, state: 'have' },
    { from: 0.75, length: 0.125, state: 'empty' },
    { from: 1 - 1 / 24, length: 1 / 24, state: 'empty' },
  ]);
  expect(dayText(half, 'UTC', T0)).toBe(
    '90% of the last 24 h, 3 gaps, the newest 23 Nov 09:00 – 10:00, 1 h: nothing received; it may still come',
  );
  expect(dayText(device(), 'UTC', T0)).toBe('100% of the last 24 h, no gap');
  expect(dayParts(device({ firstSampleAt: T0 - 3 * DAY, lastSampleAt: T0 - 2 * DAY }), T0)).toEqual([]);
});

test('builds are in trouble when they fail, are late or take long, and failing weighs most', () => {
  expect(buildTrouble(publication(), T0 + DAY)).toBeUndefined();
  expect(buildTrouble(publication({ behind: true }), T0)).toBeUndefined();
  const behind = publication({ behind: true });
  expect(buildTrouble(behind, T0 + HOUR)).toBe('behind');
  expect(troubleText(behind, 'behind', 'UTC', T0 + HOUR)).toBe('behind: the last build is 1 h old');
  const slow = publication({ buildDuration: 2_500 });
  expect(buildTrouble(slow, T0)).toBe('slow');
  const failing = publication({ ...slow, failingSince: T0, failures: 3 });
  expect(buildTrouble(failing, T0)).toBe('failing');
  expect(troubleText(slow, 'slow', 'UTC', T0)).toBe('slow: 2.5 s a build');
  expect(troubleText(failing, 'failing', 'UTC', T0 + MINUTE)).toBe('failing since 10:00, 3 times');
});
