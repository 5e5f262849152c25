import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SeriesDescription, SeriesKind } from '../domain/series.ts';
import { floorTo, type Instant, SECOND } from '../domain/time.ts';
import type { LandedSeries, Landing } from '../history/land.ts';
import type { Source } from '../store/catalog.ts';

/** How often this machine is measured. */
export const HOST_INTERVAL = 10 * SECOND;
/** How long after its end an hour of measurements is closed: nothing arrives late from one's own machine but a stalled writer. */
export const HOST_GRACE = 60 * SECOND;

/** What one measurement found, by metric. A number that could not be had is absent, not zero. */
export type HostSample = Readonly<Record<string, number>>;

const METRICS: Readonly<Record<string, { unit: string; title: string; kind: SeriesKind }>> = {
  'host.cpu': { unit: '%', title: 'CPU in use', kind: 'gauge' },
  'host.memory': { unit: '%', title: 'Memory in use', kind: 'gauge' },
  'host.load': { unit: 'load', title: 'Load, one minute', kind: 'gauge' },
  'host.disk': { unit: '%', title: 'Disk of the data folder in use', kind: 'gauge' },
  'process.memory': { unit: 'bytes', title: 'Memory of this process', kind: 'gauge' },
  'process.loop_delay': { unit: 'ms', title: 'Event-loop delay, 99th percentile', kind: 'gauge' },
  'process.request_latency': { unit: 'ms', title: 'Request latency, mean', kind: 'gauge' },
  'process.requests': { unit: 'requests', title: 'Requests answered', kind: 'event-count' },
};

/** Measures this machine and this process; each sample covers the time since the one before. */
export class HostMeter implements Disposable {
  readonly #folder: string;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  #cpu = cpuTimes();
  #requests = 0;
  #requestTime = 0;

  /** `folder` lies on the disk to be watched. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#delay.enable();
  }

  /** Counts an answered request and its milliseconds. */
  countRequest(milliseconds: number): void {
    this.#requests++;
    this.#requestTime += milliseconds;
  }

  async sample(): Promise<HostSample> {
    const cpu = cpuTimes();
    const busy = cpu.busy - this.#cpu.busy;
    const total = cpu.total - this.#cpu.total;
    this.#cpu = cpu;
    const sample: Record<string, number> = {
      'host.memory': (1 - availableMemory() / totalmem()) * 100,
      'host.load': loadavg()[0] ?? 0,
      'process.memory': process.memoryUsage.rss(),
      'process.loop_delay': Math.max(this.#delay.percentile(99) / 1e6, 0),
      'process.requests': this.#requests,
    };
    if (total > 0) sample['host.cpu'] = (busy / total) * 100;
    if (this.#requests > 0) sample['process.request_latency'] = this.#requestTime / this.#requests;
    const disk = await statfs(this.#folder).catch(() => undefined);
    if (disk && disk.blocks > 0) sample['host.disk'] = (1 - disk.bavail / disk.blocks) * 100;
    this.#delay.reset();
    this.#requests = 0;
    this.#requestTime = 0;
    return Object.fromEntries(Object.entries(sample).filter(([, value]) => Number.isFinite(value)));
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}

/** A measurement as the store takes it: stamped with the start of the ten seconds in which it was made. */
export function hostLanding(source: Source, host: string, sample: HostSample, measuredAt: Instant): Landing {
  const at = floorTo(measuredAt, HOST_INTERVAL);
  const series = Object.entries(sample).flatMap(([metric, value]): LandedSeries[] => {
    const meaning = METRICS[metric];
    const description: SeriesDescription | undefined = meaning && { metric, labels: { host }, ...meaning };
    return description ? [{ description, times: [at], values: [value] }] : [];
  });
  return {
    source,
    series,
    ledger: [{ from: at, to: at + HOST_INTERVAL, state: 'have', attempts: 1, detail: null }],
    reason: 'a measurement was written late',
  };
}

/** Linux counts caches as used in `freemem`; what programs could still get is told by the kernel. */
function availableMemory(): number {
  try {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
  } catch {
    return freemem();
  }
}

function cpuTimes(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}
