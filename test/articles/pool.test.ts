import { afterEach, describe, expect, it } from 'vitest';
import { createExtractPool, type ExtractPool, type ExtractPoolOptions } from '../../src/articles/pool.js';
import { articlePage, bytesOf } from './pages.js';

const good = bytesOf(articlePage());
const origin = { url: 'https://gazette.example/quay' };
/** Nested tables make Readability's work more than quadratic; so many take minutes. */
const endless = bytesOf(articlePage({ after: `${'<table><tr><td>'.repeat(780)}word` }));
/** Hundreds of thousands of elements. */
const huge = bytesOf(articlePage({ after: '<p><b>a</b><i>b</i></p>'.repeat(200_000) }));

describe('the extraction pool', () => {
  const pools: ExtractPool[] = [];
  const start = (options: ExtractPoolOptions): ExtractPool => {
    const pool = createExtractPool(options);
    pools.push(pool);
    return pool;
  };
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  it('extracts more pages than it has threads', async () => {
    const pool = start({ threads: 2, timeoutSeconds: 20, memoryMegabytes: 512 });
    const results = await Promise.all(Array.from({ length: 20 }, () => pool.extract(good, origin)));
    expect(results.every((result) => result.ok)).toBe(true);
  });

  it('stops a page over its time while its neighbours go on', async () => {
    const pool = start({ threads: 2, timeoutSeconds: 3, memoryMegabytes: 2048 });
    const [slow, ...others] = await Promise.all([
      pool.extract(endless, origin),
      ...Array.from({ length: 10 }, () => pool.extract(good, origin)),
    ]);
    expect(slow).toMatchObject({ ok: false, reason: 'timeout' });
    expect(others.every((result) => result.ok)).toBe(true);
  });

  it('stops a page over its memory and goes on with the next', async () => {
    const pool = start({ threads: 1, timeoutSeconds: 20, memoryMegabytes: 96 });
    expect(await pool.extract(huge, origin)).toMatchObject({ ok: false, reason: 'out-of-memory' });
    expect(await pool.extract(good, origin)).toMatchObject({ ok: true });
  });
});
