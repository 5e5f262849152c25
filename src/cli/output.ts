/** Prints a result to standard output. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Prints a result for programs. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Says something beside the result, to standard error. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

const ASSUMED_WIDTH = 80;

/** Columns of the terminal; those of a usual one when there is none. */
export const outputWidth = (): number => process.stdout.columns ?? ASSUMED_WIDTH;
