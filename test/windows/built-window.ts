import { HOUR, MINUTE } from '../../src/domain/time.ts';
import { GRANULARITIES } from '../../src/domain/windows.ts';
import { artifactText, type WindowAnswer } from '../../src/windows/artifact.ts';
import { type BuiltWindow, metaOf } from '../../src/windows/build.ts';

/** A window of one sample as the builder makes it, built at an instant. */
export function builtWindow(generatedAt: number): BuiltWindow {
  const versionId = `${generatedAt.toString(36).padStart(9, '0')}-00000000`;
  const to = generatedAt + 1_000;
  const from = to - HOUR;
  const answerIn = (segments: number): WindowAnswer => ({
    series: {
      id: 'h0zr2kmzwe428hdg',
      metric: 'temperature',
      labels: { device: 'attic' },
      title: '',
      kind: 'gauge',
      unit: '',
      source: 'attic',
      interval: null,
      version: 1,
      lastAt: from,
    },
    from,
    to,
    segments,
    samples: 1,
    points: [{ t: from, to: from + HOUR / segments, avg: 21.5, min: 21.5, max: 21.5, count: 1 }],
    envelope: {
      asOf: generatedAt,
      watermark: from,
      coverage: { have: 1, empty: 0, failed: 0, neverAsked: 0, notClosed: 0, ratio: 1, dataFrom: from, dataTo: to },
      missing: [],
      missingOmitted: 0,
      partial: [],
      segments: [],
      version: 1,
      refresh: { state: 'idle', jobId: null, since: null, lastError: null, nextAttemptAt: null },
    },
  });
  return {
    series: 'h0zr2kmzwe428hdg',
    window: '1h',
    versionId,
    generatedAt,
    from,
    to,
    samples: 1,
    changes: 1,
    artifacts: GRANULARITIES.map((granularity) => {
      const head = { window: '1h' as const, granularity, generatedAt, versionId };
      const text = artifactText(head, answerIn(granularity));
      return { text, meta: metaOf(head, answerIn(granularity), text, generatedAt + MINUTE / 2) };
    }),
  };
}
