/** The bench's own arithmetic and words: a figure is worth no more than these. */
import { describe, expect, it } from 'vitest';
import { readFlags } from './flags.js';
import { alternate, median, medianRatio } from './median.js';
import { jsonOf, type Measured, meetsAim, round, tableOf } from './report.js';
import { createScope } from './scope.js';

describe('medians', () => {
  it('is the middle value, or the mean of the middle two, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 2, 100])).toBe(6);
    expect(() => median([])).toThrow(RangeError);
  });

  it('takes the ratio within each pair, so that a slow minute does not count against one side', () => {
    expect(
      medianRatio([
        { ours: 8, other: 10 },
        { ours: 0.8, other: 1 },
        { ours: 50, other: 10 },
      ]),
    ).toBeCloseTo(0.8);
  });

  it('lets each side go first in turn and keeps what belongs together', async () => {
    const order: string[] = [];
    const side = (name: string, factor: number) => async (round: number) => {
      order.push(`${name}${round}`);
      return factor * (round + 1);
    };
    const pairs = await alternate(3, side('a', 1), side('b', 10));
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
    expect(pairs).toEqual([
      { ours: 1, other: 10 },
      { ours: 2, other: 20 },
      { ours: 3, other: 30 },
    ]);
  });
});

describe('the command line', () => {
  const known = ['one', 'two', 'three'];

  it('measures everything in full and prints a table unless told otherwise', () => {
    expect(readFlags([], known)).toEqual({
      ok: true,
      flags: { size: 'full', format: 'table', aims: 'shown', keys: known },
    });
  });

  it('takes flags together, and keys in the order of the bench', () => {
    expect(readFlags(['--quick', '--json', '--check', '--only', 'three,one'], known)).toEqual({
      ok: true,
      flags: { size: 'quick', format: 'json', aims: 'enforced', keys: ['one', 'three'] },
    });
  });

  it('names a key that there is not, and those that there are', () => {
    const read = readFlags(['--only', 'four'], known);
    expect(read).toMatchObject({ ok: false, reason: 'usage' });
    expect(!read.ok && read.message).toMatch(/four.*one, two, three/);
  });

  it('refuses a flag that it does not know', () => {
    expect(readFlags(['--fast'], known)).toMatchObject({ ok: false, reason: 'usage' });
  });
});

describe('the report', () => {
  const good: Measured = {
    key: 'good',
    meaning: 'better when higher',
    aim: { atLeast: 0.7 },
    result: { state: 'measured', value: 0.81234, detail: '8 to 10', seconds: 3 },
  };
  const short: Measured = {
    key: 'short',
    meaning: 'better when lower',
    aim: { atMost: 2048 },
    result: { state: 'measured', value: 2048.6, detail: 'much', seconds: 1 },
  };
  const skipped: Measured = {
    key: 'skipped',
    meaning: 'not here',
    aim: { atLeast: 1 },
    result: { state: 'skipped', reason: 'needs redis-server' },
  };
  const failed: Measured = { key: 'failed', meaning: 'broken', result: { state: 'failed', reason: 'it broke' } };

  it('judges the value as measured, not as rounded; a skipped key passes, a failed one does not', () => {
    expect([good, short, skipped, failed].map(meetsAim)).toEqual([true, false, true, false]);
  });

  it('rounds to three digits, and to whole numbers from a hundred on', () => {
    expect([0.81234, 12.345, 1234.5678].map(round)).toEqual([0.812, 12.3, 1235]);
  });

  it('marks in the table what falls short and says why a key was skipped', () => {
    const [head, ...lines] = tableOf([good, short, skipped, failed]).split('\n');
    expect(head).toMatch(/^key +value +aim/);
    expect(lines[0]).toMatch(/^good +0\.812 +>= 0\.7 +better when higher; 8 to 10$/);
    expect(lines[1]).toMatch(/^short +2049 +<= 2048 +SHORT/);
    expect(lines[2]).toMatch(/^skipped +- +>= 1 +skipped: needs redis-server$/);
    expect(lines[3]).toMatch(/^failed +- +FAILED +it broke$/);
  });

  it('gives each key a number or null in JSON, with the reason under details', () => {
    const json = jsonOf([good, skipped], 'quick');
    expect(json).toMatchObject({
      size: 'quick',
      good: 0.812,
      skipped: null,
      details: { good: { met: true }, skipped: { met: null, state: 'skipped', reason: 'needs redis-server' } },
    });
  });
});

describe('a scope', () => {
  it('ends what it holds, the last one first, though one end fails', async () => {
    const ended: string[] = [];
    const scope = createScope();
    await scope.hold(
      async () => 'first',
      (name) => ended.push(name),
    );
    await scope.hold(
      async () => 'second',
      () => {
        throw new Error('will not end');
      },
    );
    await scope.hold(
      async () => 'third',
      (name) => ended.push(name),
    );
    await scope.close();
    expect(ended).toEqual(['third', 'first']);
  });

  it('waits for what is still starting, ends it too, and starts nothing more', async () => {
    const ended: string[] = [];
    const scope = createScope();
    let finish: (name: string) => void = () => {};
    void scope.hold(
      () => new Promise<string>((resolve) => (finish = resolve)),
      (name) => ended.push(name),
    );
    const closing = scope.close();
    finish('slow');
    await closing;
    expect(ended).toEqual(['slow']);
    await expect(
      scope.hold(
        async () => 'late',
        () => {},
      ),
    ).rejects.toThrow(/ending/);
  });
});
