/** Which one process owns a data directory, with real processes and real sockets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { lockDataDirectory } from '../../src/store/embedded/owner-lock.js';

let directory: string;
const processes: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'belfry-lock-'));
});
afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A process that takes the lock, says which role it got, and keeps it until it is killed. */
async function contender(): Promise<{ readonly child: ChildProcess; readonly role: string }> {
  const module = join(packageRoot, 'dist/src/store/embedded/owner-lock.js');
  const script = `const { lockDataDirectory } = await import(${JSON.stringify(module)});
    const lock = await lockDataDirectory(${JSON.stringify(directory)}, 'service');
    console.log(lock.role);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  const [role] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, role: role.trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('of processes that start together exactly one becomes the owner', async () => {
  const contenders = await Promise.all([1, 2, 3, 4].map(contender));
  expect(contenders.map(({ role }) => role).sort()).toEqual(['guest', 'guest', 'guest', 'owner']);
});

test('a guest learns who the owner is, and that it ended, even by kill -9', async () => {
  const { child } = await contender();
  const lock = await lockDataDirectory(directory, 'command');
  if (lock.role !== 'guest') throw new Error('two owners');
  expect(lock.guest.owner).toEqual({ pid: child.pid, kind: 'service' });
  await kill(child);
  await lock.guest.ended;
});

test('after kill -9 the next process owns the directory, and the dead one’s socket goes', async () => {
  const { child } = await contender();
  const [stale] = readdirSync(directory);
  await kill(child);
  expect(readdirSync(directory)).toEqual([stale]);
  const lock = await lockDataDirectory(directory, 'service');
  if (lock.role !== 'owner') throw new Error('nobody owns it');
  expect(readdirSync(directory)).not.toContain(stale);
  expect(readdirSync(directory)).toHaveLength(1);
  await lock.ownership.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('an owner counts its guests and sees when it stands on nothing', async () => {
  const owner = await lockDataDirectory(directory, 'command');
  const guest = await lockDataDirectory(directory, 'command');
  if (owner.role !== 'owner' || guest.role !== 'guest') throw new Error('the first owns, the second is its guest');
  expect(owner.ownership.guests()).toBe(1);
  guest.guest.leave();
  await guest.guest.ended;
  await expect.poll(() => owner.ownership.guests()).toBe(0);
  expect(owner.ownership.stands()).toBe(true);
  rmSync(directory, { recursive: true });
  expect(owner.ownership.stands()).toBe(false);
  await owner.ownership.release();
});

test('sockets of others in the directory are left alone, and the owner’s own is private', async () => {
  const other = createServer().listen(join(directory, 'other.sock'));
  await once(other, 'listening');
  const lock = await lockDataDirectory(directory, 'service');
  expect(lock.role).toBe('owner');
  const own = readdirSync(directory).find((name) => name.startsWith('owner-')) as string;
  expect(statSync(join(directory, own)).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toContain('other.sock');
  other.close();
  if (lock.role === 'owner') await lock.ownership.release();
});
