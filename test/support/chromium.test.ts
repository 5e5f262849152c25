import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';

test('a page runs its script', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<p id="sum"></p><script>document.getElementById("sum").textContent = 20 + 22</script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    expect(await page.textContent('#sum')).toBe('42');
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
