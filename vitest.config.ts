import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes long; `npm run test:scale` runs it.
    exclude: ['test/scale/**'],
    globalSetup: ['test/support/peers.ts'],
    maxWorkers: 2,
    // A poll ends as soon as it is right; a busy machine may take its time.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 90_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
  },
});
