import { type Command, InvalidArgumentError } from 'commander';
import type { Flags } from '../config.ts';

/** What every command understands. */
export interface GlobalOptions extends Pick<Flags, 'data' | 'config'> {
  readonly debug?: boolean;
}

/** The options of a command together with the global ones. */
export const optionsOf = <Options extends object>(command: Command): Options & GlobalOptions =>
  command.optsWithGlobals<Options & GlobalOptions>();

/** The part of the options that the configuration knows. */
export function flagsOf(options: Flags): Flags {
  const { port, host, data, config, noAuth } = options;
  return {
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(data === undefined ? {} : { data }),
    ...(config === undefined ? {} : { config }),
    ...(noAuth === undefined ? {} : { noAuth }),
  };
}

/** Reads a whole number of an option. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** Adds examples below the help of a command: what to type, and what for. */
export function examples(command: Command, ...lines: readonly (readonly [line: string, meaning: string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, meaning]) => `  $ ${line.padEnd(width)}  ${meaning}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
