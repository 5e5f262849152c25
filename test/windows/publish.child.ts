import { readFileSync } from 'node:fs';
import { FolderBlobs } from '../../src/blobs/folder-blobs.ts';
import type { BuiltWindow } from '../../src/windows/build.ts';
import { publish } from '../../src/windows/publish.ts';

/** Publishes a window into a folder and is killed, as by a loss of power, before its n-th move. */
const [, , path = '', input = '', moves = ''] = process.argv;

class MortalBlobs extends FolderBlobs {
  #moves = 0;

  override async move(from: string, to: string): Promise<void> {
    if (this.#moves++ === Number(moves)) process.kill(process.pid, 'SIGKILL');
    await super.move(from, to);
  }
}

const built = JSON.parse(readFileSync(input, 'utf8')) as BuiltWindow;
await publish(new MortalBlobs({ kind: 'folder', path }), built, async () => true);
