import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkInput, WorkOrder, WorkReport } from './supervisor.ts';
import { startWork } from './work.ts';

/** Entry of the work thread. */
const port = parentPort;
if (!port) throw new Error('this file is the entry of a worker thread');
const report = (message: WorkReport): void => port.postMessage(message);

// On Linux a priority belongs to a thread: a busy machine serves readers first.
if (process.platform === 'linux') setPriority(19);

try {
  const work = await startWork(workerData as WorkInput);
  port.on('message', (order: WorkOrder) => {
    if (order.kind === 'host-sample') work.landHostSample(order.sample, order.at);
    else {
      const end = (): never => process.exit(0);
      work[Symbol.asyncDispose]().then(end, end);
    }
  });
  report({ kind: 'ready' });
} catch (error) {
  report({ kind: 'failed', message: (error as Error).message });
  process.exit(1);
}
