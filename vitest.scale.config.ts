import { defineConfig } from 'vitest/config';

/** The tests at the size of a real archive. */
export default defineConfig({
  test: {
    include: ['test/scale/**/*.test.ts'],
    globalSetup: ['test/support/peers.ts'],
    maxWorkers: 1,
  },
});
