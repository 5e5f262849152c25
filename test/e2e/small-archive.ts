import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Where an object of the archive lies; the configuration of `startVarve` says the same as a template. */
const keyOf = (at: number): string => {
  const [date, time] = new Date(at).toISOString().split('T') as [string, string];
  return `${date.replaceAll('-', '/')}/${time.slice(0, 2)}${time.slice(3, 5)}.json`;
};

export async function writeObject(folder: string, at: number, body: string): Promise<void> {
  const file = join(folder, keyOf(at));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, body);
}

export const reading = (viewers: number): string => JSON.stringify({ viewers });

/** One object a minute; minutes in `without` have none, those in `broken` hold half an object. */
export async function writeObjects(
  folder: string,
  span: { from: number; to: number },
  without: (at: number) => boolean = () => false,
  broken: (at: number) => boolean = () => false,
): Promise<void> {
  for (let at = span.from; at < span.to; at += MINUTE) {
    if (without(at)) continue;
    const viewers = Math.round(1_000 + 400 * Math.sin(at / (3 * HOUR)));
    await writeObject(folder, at, broken(at) ? '{"viewers":' : reading(viewers));
  }
}
