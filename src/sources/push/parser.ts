/** Reads a body that comes in pieces of text, cut anywhere, into a batch. */
export interface SampleParser {
  write(text: string): void;
  /** The body is whole: what follows the last line end is a line too. Throws `BodyProblem`. */
  end(): void;
}

/** A body that cannot be read on from here, as opposed to a line of it that is passed over. The message is for the sender. */
export class BodyProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BodyProblem';
  }
}

/** A text of its own: a slice would keep the whole body that it was cut from in memory. */
export const detached = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
