import { defineConfig } from 'vitest/config';

/** Minutes to an hour: training on real data and comparing the maps with the figures the method must reach. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    hookTimeout: 3_600_000,
    testTimeout: 3_600_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
