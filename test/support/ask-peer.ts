import { inject } from 'vitest';

/**
 * Asks the peer keeper for a server, which starts it if this is the first time.
 * Throws with the peer's own message when it cannot be started.
 */
export async function askPeer<Connection>(name: 'chromium' | 'postgres' | 's3'): Promise<Connection> {
  const response = await fetch(`${inject('peerKeeper')}/${name}`, { method: 'POST' });
  if (!response.ok) throw new Error(`The test peer ${name} did not start: ${await response.text()}`);
  return (await response.json()) as Connection;
}
