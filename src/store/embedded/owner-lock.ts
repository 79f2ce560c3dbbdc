/**
 * Which one process owns a data directory.
 *
 * A lock file outlives `kill -9` and a pid can be reused, so the lock is a listening Unix socket: the kernel takes it away
 * with its process. Every candidate listens under a name that is never used twice, then looks at all others: whoever sees
 * a living one gives way. Each listens before it looks, so of two that start together at least one sees the other and two
 * owners are impossible (Dekker's algorithm). Only an owner removes the sockets of the dead.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Two candidates that saw each other both give way; a random pause decides who comes back first. */
const GIVE_WAY_MAX_MILLISECONDS = 150;
const OWNER_ANSWER_MILLISECONDS = 5_000;
const SOCKET_NAME = /^owner-\d+-[0-9a-f]{8}\.sock$/;

/** What an owner says of itself to whoever connects. */
export interface OwnerInfo {
  readonly pid: number;
  /** A service runs until it is stopped; a command ends by itself soon. */
  readonly kind: 'service' | 'command';
}

export interface Ownership {
  /** False once the lock is gone from under its owner: somebody removed the directory or its socket. */
  stands(): boolean;
  /** How many other processes are connected to this owner now. */
  guests(): number;
  release(): Promise<void>;
}

/** A guest's connection to the owner: it closes when the owner ends, however it ends. */
export interface Guest {
  readonly owner: OwnerInfo;
  readonly ended: Promise<void>;
  leave(): void;
}

export type LockResult =
  | { readonly role: 'owner'; readonly ownership: Ownership }
  | { readonly role: 'guest'; readonly guest: Guest };

/** Becomes the owner of `directory`, or a guest of the process that is. */
export async function lockDataDirectory(directory: string, kind: OwnerInfo['kind']): Promise<LockResult> {
  for (;;) {
    const guest = await findOwner(directory);
    if (guest) return { role: 'guest', guest };
    const ownership = await tryToOwn(directory, kind);
    if (ownership) return { role: 'owner', ownership };
    await sleep(Math.random() * GIVE_WAY_MAX_MILLISECONDS);
  }
}

async function tryToOwn(directory: string, kind: OwnerInfo['kind']): Promise<Ownership | undefined> {
  const name = `owner-${process.pid}-${randomBytes(4).toString('hex')}.sock`;
  const path = join(directory, name);
  const sockets = new Set<Socket>();
  const info: OwnerInfo = { pid: process.pid, kind };
  let owning = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    // A candidate that may still give way says nothing yet: who connects waits for its answer or its end.
    if (owning) introduce(socket, info);
  });
  await listen(server, path);
  chmodSync(path, 0o600);

  const others = socketNames(directory).filter((other) => other !== name);
  const alive = await Promise.all(others.map((other) => isAlive(join(directory, other))));
  if (alive.includes(true) || !existsSync(path)) {
    await close(server, sockets);
    return undefined;
  }
  for (const other of others) rmSync(join(directory, other), { force: true });
  owning = true;
  for (const socket of sockets) introduce(socket, info);
  server.unref();
  return { stands: () => existsSync(path), guests: () => sockets.size, release: () => close(server, sockets) };
}

async function findOwner(directory: string): Promise<Guest | undefined> {
  for (const name of socketNames(directory)) {
    const guest = await visit(join(directory, name));
    if (guest) return guest;
  }
  return undefined;
}

function visit(path: string): Promise<Guest | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(), OWNER_ANSWER_MILLISECONDS);
    let received = '';
    let guest: Guest | undefined;
    const ended = new Promise<void>((end) => {
      socket.on('close', () => {
        clearTimeout(timer);
        end();
        if (!guest) resolve(undefined);
      });
    });
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      if (guest || !received.endsWith('\n')) return;
      clearTimeout(timer);
      socket.unref();
      guest = { owner: JSON.parse(received) as OwnerInfo, ended, leave: () => socket.destroy() };
      resolve(guest);
    });
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function introduce(socket: Socket, info: OwnerInfo): void {
  socket.write(`${JSON.stringify(info)}\n`);
  socket.unref();
}

const socketNames = (directory: string): string[] => readdirSync(directory).filter((name) => SOCKET_NAME.test(name));

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

async function close(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
