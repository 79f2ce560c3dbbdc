import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Admission, createHostGate, createRedisGateStore } from '../../src/web/politeness.js';
import { waitsOf } from './gate-queue.js';

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis && process.env.CI) throw new Error('redis-server is missing, and CI tests on it');

describe.skipIf(!hasRedis)('a host gate on Redis', () => {
  let server: ChildProcess;
  let directory: string;
  let connections: Redis[];
  beforeAll(async () => {
    const port = await freePort();
    directory = mkdtempSync(join(tmpdir(), 'belfry-gate-'));
    server = spawn('redis-server', ['--port', String(port), '--dir', directory, '--save', ''], { stdio: 'ignore' });
    connections = [0, 1].map(() => new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null }));
    // The server is only just starting: refused connections are tried again, and nobody has to hear of them.
    for (const connection of connections) connection.on('error', () => {});
    await connections[0]?.ping();
  });
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    rmSync(directory, { recursive: true });
  });

  it('keeps two connections to K at a time and S between starts', async () => {
    const settings = { maxConcurrent: 2, spacingSeconds: 0.1, leaseSeconds: 30, ownHosts: [] };
    const gates = connections.map((connection) => createHostGate(createRedisGateStore(connection), settings));
    const starts: number[] = [];
    let running = 0;
    let mostRunning = 0;
    const request = async (gate: (typeof gates)[number]): Promise<void> => {
      let ticket: number | null = null;
      for (;;) {
        const admission: Admission = await gate.acquire('busy.example', { ticket });
        if (!admission.ok) {
          if (!admission.held) ({ ticket } = admission);
          await sleep(admission.waitMilliseconds);
          continue;
        }
        starts.push(performance.now());
        mostRunning = Math.max(mostRunning, ++running);
        await sleep(1000);
        running--;
        await admission.release({ kind: 'served' });
        return;
      }
    };
    await Promise.all([0, 1, 2, 3].flatMap(() => gates.map(request)));
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? Number.NaN));
    expect(starts).toHaveLength(8);
    expect(mostRunning).toBe(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('costs each of many requests for one host a few visits, slow hosts too', async () => {
    const store = createRedisGateStore(connections[0] as Redis);
    const quick = await waitsOf(store, { requests: 60, spacingSeconds: 0.02, takesMilliseconds: 10 });
    expect(quick.starts).toBe(60);
    expect(Math.max(...quick.visits)).toBeLessThanOrEqual(15);
    const slow = await waitsOf(store, { requests: 12, spacingSeconds: 0.02, takesMilliseconds: 400 });
    expect(slow.starts).toBe(12);
    expect(slow.visits.reduce((sum, count) => sum + count) / 12).toBeLessThan(5);
  });

  it('holds a host back for as long as Retry-After says, doubles its spacing and frees the places of the dead', async () => {
    const store = createRedisGateStore(connections[0] as Redis);
    const gate = createHostGate(store, { maxConcurrent: 1, spacingSeconds: 0, leaseSeconds: 0.4, ownHosts: [] });
    const throttled = await gate.acquire('throttling.example');
    if (throttled.ok) await throttled.release({ kind: 'throttled', retryAfterSeconds: 90 });
    const next = await gate.acquire('throttling.example');
    expect(next).toMatchObject({ ok: false });
    if (!next.ok) expect(next.waitMilliseconds).toBeGreaterThan(85_000);
    expect(await connections[0]?.hget('belfry:gate:{throttling.example}', 'slowdown')).toBe('2');

    expect(await gate.acquire('dead.example')).toMatchObject({ ok: true });
    await sleep(150);
    expect(await gate.acquire('dead.example')).toMatchObject({ ok: false });
    await sleep(1000);
    expect(await gate.acquire('dead.example')).toMatchObject({ ok: true });
  });
});

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
