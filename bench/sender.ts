import { Agent, request } from 'node:http';

/** A process of its own that sends prepared bodies of line protocol to a path over some connections, and tells the seconds it took. */
interface Order {
  readonly url: string;
  readonly bodies: number;
  readonly linesOfBody: number;
  readonly series: number;
  readonly connections: number;
  readonly from: number;
}

process.once('message', async ({ url, bodies, linesOfBody, series, connections, from }: Order) => {
  const prepared = Array.from({ length: bodies }, (_, index) => bodyOf(index, linesOfBody, series, from));
  process.send?.({ prepared: prepared.reduce((bytes, body) => bytes + body.length, 0) });
  await new Promise((resolve) => process.once('message', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const begin = performance.now();
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = prepared[next++]; body !== undefined; body = prepared[next++]) await post(url, body, agent);
  };
  await Promise.all(Array.from({ length: connections }, send));
  agent.destroy();
  process.send?.({ seconds: (performance.now() - begin) / 1_000 }, undefined, undefined, () => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });

/** Two numbers a line, series taking turns second by second, as a gateway of many sensors sends. */
function bodyOf(index: number, lines: number, series: number, from: number): Buffer {
  let text = '';
  for (let row = index * lines; row < (index + 1) * lines; row++) {
    const one = row % series;
    const at = from + Math.floor(row / series) * 1_000;
    const temperature = (20 + ((row * 7919) % 1_000) / 100).toFixed(2);
    text += `weather,device=gateway-${one % 10},sensor=s${one} temperature=${temperature},humidity=${(row * 31) % 100} ${at}000000\n`;
  }
  return Buffer.from(text);
}

function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain', 'content-length': body.length };
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 429) setTimeout(() => post(url, body, agent).then(resolve, reject), 500);
        else if ((response.statusCode ?? 500) < 300) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
