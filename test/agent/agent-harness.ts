import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type AgentSettings } from '../../src/agent/agent.ts';
import type { Reading } from '../../src/agent/reading.ts';
import type { Intake } from '../../src/agent/sources/source.ts';
import { ManualClock } from '../support/clock.ts';

/** An agent in this process whose time and readings belong to the test. */
export class AgentHarness implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly spool: string;
  readonly log: string[] = [];
  readonly server: URL;
  readonly settings: Partial<AgentSettings>;
  even = 0;
  agent!: Agent;
  #intake: Intake | undefined;

  constructor(server: URL, settings: Partial<AgentSettings> = {}, start = '2026-11-23T10:00:00Z') {
    this.clock = new ManualClock(start);
    this.server = server;
    this.settings = settings;
    this.spool = settings.spool ?? mkdtempSync(join(tmpdir(), 'varve-agent-'));
    this.start();
  }

  start(): void {
    this.agent = new Agent(
      {
        target: { server: this.server, parameters: {}, authorization: undefined },
        device: 'pi',
        source: {
          words: 'readings of a test',
          run: async (intake, signal) => {
            this.#intake = intake;
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
          },
        },
        spoolLimit: 50_000_000,
        fallback: null,
        ...this.settings,
        spool: this.spool,
      },
      { clock: this.clock, monotonic: () => this.even, random: () => 0.5, log: (words) => this.log.push(words) },
    );
  }

  /** Takes a reading without a stamp; says whether it was kept. */
  measure(value: number, fields: Record<string, number> = {}): boolean {
    const reading: Reading = {
      at: null,
      metric: 'room',
      labels: { device: 'pi' },
      fields: { value, ...fields },
      described: {},
    };
    return this.#intake?.take([{ readings: [reading], refused: [] }]) ?? false;
  }

  /** Lets both clocks go on. */
  pass(milliseconds: number): void {
    this.even += milliseconds;
    this.clock.advance(milliseconds);
  }

  /** Lets time pass in steps, and what waits for the network happen between them, until something holds. */
  async passUntil(holds: () => boolean, step = 1_000): Promise<void> {
    for (let round = 0; !holds(); round++) {
      if (round > 20_000)
        throw new Error(`it never came to pass; ${JSON.stringify(this.agent.status)} ${this.log.join('\n')}`);
      await delay(1);
      this.pass(step);
    }
  }

  /** Waits for what goes on by itself, while no time passes. */
  async until(holds: () => boolean): Promise<void> {
    await this.passUntil(holds, 0);
  }

  async stop(): Promise<void> {
    await this.agent.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.stop().catch(() => {});
    rmSync(this.spool, { recursive: true, force: true });
  }
}
