import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Failure, UsageError } from './failure.ts';

/** Far above any password. */
const LONGEST = 4_096;

/** A password from standard input: as its first line, or typed twice, unseen, where there is a terminal. */
export async function readPassword(fromStdin: boolean): Promise<string> {
  if (fromStdin) return firstLine(process.stdin);
  if (!process.stdin.isTTY) {
    throw new UsageError('there is no terminal to ask for the password; give it by --password-stdin');
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question);
    const answer = await terminal.question('');
    process.stderr.write('\n');
    return answer;
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('Once more: ')) !== password) throw new Failure('the two are not the same; nothing was changed');
    return password;
  } finally {
    terminal.close();
  }
}

async function firstLine(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const part of stream) {
    text += part.toString('utf8');
    if (text.includes('\n') || text.length > LONGEST) break;
  }
  return text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
}
