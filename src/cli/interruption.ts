/** The exit code by which shells know that somebody interrupted a command. */
export const INTERRUPTED = 130;

/** Listens to the signals that ask this process to stop. */
export interface Interruption extends Disposable {
  /** Aborted at the first one. The second one ends the process where it stands: whoever asks twice means it. */
  readonly signal: AbortSignal;
  /** Resolves at the first one. */
  readonly came: Promise<void>;
}

export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    resolve();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    came: promise,
    [Symbol.dispose]: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}
