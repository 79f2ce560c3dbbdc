import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queryable } from '../../src/store/database.js';
import { createPostgresGateStore } from '../../src/store/host-gates.js';
import { steps } from '../../src/store/migrations.js';
import { type Admission, createHostGate, type GateStore, registrableHost } from '../../src/web/politeness.js';
import { waitsOf } from './gate-queue.js';

describe('a host gate on PostgreSQL', () => {
  let database: PGlite;
  let store: GateStore;
  beforeAll(async () => {
    database = await PGlite.create();
    for (const step of steps) await database.exec(step);
    store = createPostgresGateStore(database as unknown as Queryable);
  });
  afterAll(() => database.close());

  it('keeps two gates over one store to K at a time and S between starts', async () => {
    const settings = { maxConcurrent: 2, spacingSeconds: 0.2, leaseSeconds: 30, ownHosts: [] };
    const [one, other] = [createHostGate(store, settings), createHostGate(store, settings)];
    const starts: number[] = [];
    let running = 0;
    let mostRunning = 0;
    const request = async (index: number): Promise<void> => {
      let ticket: number | null = null;
      for (;;) {
        const admission: Admission = await (index % 2 === 0 ? one : other).acquire('news.busy.example', { ticket });
        if (!admission.ok) {
          if (!admission.held) ({ ticket } = admission);
          await sleep(admission.waitMilliseconds);
          continue;
        }
        starts.push(performance.now());
        mostRunning = Math.max(mostRunning, ++running);
        await sleep(700);
        running--;
        await admission.release({ kind: 'failed' });
        return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => request(index)));
    expect(starts).toHaveLength(8);
    expect(mostRunning).toBe(2);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? Number.NaN));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  it('never makes one host wait for another', async () => {
    const gate = createHostGate(store);
    expect(await gate.acquire('one.example')).toMatchObject({ ok: true });
    expect(await gate.acquire('one.example')).toMatchObject({ ok: false });
    expect(await gate.acquire('two.example')).toMatchObject({ ok: true });
  });

  it('frees the place of a process that died once its lease ended', async () => {
    const gate = createHostGate(store, { maxConcurrent: 1, spacingSeconds: 0, leaseSeconds: 0.4, ownHosts: [] });
    expect(await gate.acquire('dead.example')).toMatchObject({ ok: true });
    await sleep(150);
    expect(await gate.acquire('dead.example')).toMatchObject({ ok: false });
    await sleep(1000);
    expect(await gate.acquire('dead.example')).toMatchObject({ ok: true });
  });

  it('costs each of many requests for one host a few visits, in turn', async () => {
    const { visits, starts, gaps } = await waitsOf(store, {
      requests: 40,
      spacingSeconds: 0.05,
      takesMilliseconds: 20,
    });
    expect(starts).toBe(40);
    // Each coming back at every start would make 20 visits on average and 40 at most.
    expect(Math.max(...visits)).toBeLessThanOrEqual(15);
    expect(visits.reduce((sum, count) => sum + count) / visits.length).toBeLessThan(8);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
  });

  it('says so when a host wants to be left alone for longer than anyone should wait', async () => {
    const gate = createHostGate(store);
    const admission: Admission = await gate.acquire('closed.example');
    if (admission.ok) await admission.release({ kind: 'throttled', retryAfterSeconds: 7200 });
    expect(await gate.acquire('closed.example')).toMatchObject({ ok: false, held: true });
  });

  it('holds a host back for as long as Retry-After says', async () => {
    const gate = createHostGate(store);
    const admission: Admission = await gate.acquire('throttling.example');
    if (admission.ok) await admission.release({ kind: 'throttled', retryAfterSeconds: 90 });
    const next = await gate.acquire('throttling.example');
    expect(next).toMatchObject({ ok: false, held: false });
    if (!next.ok) expect(next.waitMilliseconds).toBeGreaterThan(85_000);
  });

  it('doubles the spacing of a host that throttles and lets it recover', async () => {
    const gate = createHostGate(store, { maxConcurrent: 5, spacingSeconds: 0.1, leaseSeconds: 30, ownHosts: [] });
    const slowdown = async (): Promise<number> => {
      const { rows } = await database.query<{ slowdown: number }>(
        "SELECT slowdown FROM host_gates WHERE host = 'slow.example'",
      );
      return rows[0]?.slowdown ?? Number.NaN;
    };
    const once = async (outcome: 'throttled' | 'served'): Promise<void> => {
      let ticket: number | null = null;
      for (;;) {
        const admission: Admission = await gate.acquire('slow.example', { ticket });
        if (admission.ok) return admission.release({ kind: outcome });
        if (!admission.held) ({ ticket } = admission);
        await sleep(admission.waitMilliseconds);
      }
    };
    await once('throttled');
    await once('throttled');
    expect(await slowdown()).toBe(4);
    await once('served');
    expect(await slowdown()).toBeCloseTo(3.6);
  });

  it('lets a host pass that is set to be without limits', async () => {
    const gate = createHostGate(store, {
      maxConcurrent: 1,
      spacingSeconds: 60,
      leaseSeconds: 30,
      ownHosts: ['own.example'],
    });
    for (let i = 0; i < 3; i++) expect(await gate.acquire('www.own.example')).toMatchObject({ ok: true });
  });
});

it('counts all hosts of one registrable domain as one, and an address as itself', () => {
  expect(registrableHost('a.b.news.co.uk')).toBe('news.co.uk');
  expect(registrableHost('WWW.Nieuws.be.')).toBe('nieuws.be');
  expect(registrableHost('[::1]')).toBe('::1');
  expect(registrableHost('127.0.0.1')).toBe('127.0.0.1');
});

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
