import type { Outlet } from '../../src/live/connection.ts';

export interface Message {
  readonly id: number | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

export interface RecordedEvent {
  readonly seq: number;
  readonly kind: string;
  readonly payload: { readonly source: string };
}

/** Takes down what is written to it, and takes as little as it is told to. */
export class RecordingOutlet implements Outlet {
  backlog = 0;
  ended = false;
  #text = '';
  #onDrain: (() => void)[] = [];

  write(text: string): void {
    if (this.ended) throw new Error('nothing is written after the end');
    this.#text += text;
  }

  drained(): Promise<void> {
    return this.backlog === 0 ? Promise.resolve() : new Promise((resolve) => this.#onDrain.push(resolve));
  }

  /** Takes all that is outstanding. */
  drain(): void {
    this.backlog = 0;
    for (const resolve of this.#onDrain.splice(0)) resolve();
  }

  end(): void {
    this.ended = true;
  }

  get messages(): readonly Message[] {
    return parseMessages(this.#text);
  }

  /** The events of the feed among the messages. */
  get events(): readonly RecordedEvent[] {
    return this.messages.filter(({ data }) => 'seq' in data).map(({ data }) => data as unknown as RecordedEvent);
  }

  get heartbeats(): number {
    return this.#text.split('\n\n').filter((block) => block.startsWith(':')).length;
  }
}

/** The messages of a text/event-stream, without comments. */
export function parseMessages(text: string): readonly Message[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const id = field('id');
      return {
        id: id === undefined ? undefined : Number(id),
        event: field('event') ?? 'message',
        data: JSON.parse(field('data') ?? '{}') as Record<string, unknown>,
      };
    });
}
