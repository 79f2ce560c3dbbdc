/**
 * Lets many connections share PGlite's one session.
 *
 * The queue that comes with pglite-socket takes turns by message, so the Parse of one connection is executed with the Bind of
 * another, and it stops for good after an exception. This one gives a connection the session from its first message until it
 * is idle outside a transaction (the ReadyForQuery that answers Sync or a simple Query; PostgreSQL protocol 3.0, section
 * "Message Flow"). It also carries notifications to the connections that listen, whichever connection caused them.
 */
import type { PGlite } from '@electric-sql/pglite';

const QUERY = 0x51; // 'Q'
const SYNC = 0x53; // 'S'
const PARSE = 0x50; // 'P'
const TERMINATE = 0x58; // 'X'
const NOTIFICATION_RESPONSE = 0x41; // 'A'
const FRAME_HEADER_BYTES = 5;
/** A LISTEN is short; longer statements needn't be searched to their end. */
const LISTEN_WITHIN_BYTES = 1_000;
const SYNC_MESSAGE = new Uint8Array([SYNC, 0, 0, 0, 4]);

type OnData = (data: Uint8Array) => void;

interface Waiting {
  readonly handlerId: number;
  readonly message: Uint8Array;
  readonly onData: OnData;
  readonly resolve: (bytes: number) => void;
  readonly reject: (error: Error) => void;
}

/** What `PGLiteSocketHandler` calls of its queue. */
export interface SessionQueue {
  enqueue(handlerId: number, message: Uint8Array, onData: OnData): Promise<number>;
  clearQueueForHandler(handlerId: number): void;
  clearTransactionIfNeeded(handlerId: number): Promise<void>;
  getQueueLength(): number;
}

export function createSessionQueue(database: PGlite): SessionQueue {
  let waiting: Waiting[] = [];
  let busy = false;
  /** The connection that has begun something it has not ended. */
  let holder: number | undefined;
  const listeners = new Map<number, OnData>();

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = take(); next; next = take()) {
      try {
        next.resolve(await execute(next));
      } catch (error) {
        next.reject(error as Error);
      }
    }
    busy = false;
  }

  function take(): Waiting | undefined {
    const index = holder === undefined ? 0 : waiting.findIndex(({ handlerId }) => handlerId === holder);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  }

  async function execute({ handlerId, message, onData }: Waiting): Promise<number> {
    const [type] = message;
    if (type === TERMINATE) return 0; // the socket's end says so too, and the session goes on
    if (listensIn(message)) listeners.set(handlerId, onData);
    holder = handlerId;
    let bytes = 0;
    let unframed = new Uint8Array();
    const deliver = (data: Uint8Array) => {
      unframed = append(unframed, data);
      const { own, notifications, rest } = split(unframed);
      unframed = rest;
      bytes += own.byteLength;
      if (own.byteLength > 0) onData(own);
      if (notifications.byteLength > 0) for (const listener of listeners.values()) listener(notifications);
    };
    try {
      await database.runExclusive(() => database.execProtocolRawStream(message, { onRawData: deliver }));
    } finally {
      const isExtended = type !== QUERY && type !== SYNC && type !== 0;
      if (!isExtended && !database.isInTransaction()) holder = undefined;
    }
    return bytes;
  }

  return {
    enqueue: (handlerId, message, onData) =>
      new Promise((resolve, reject) => {
        waiting.push({ handlerId, message, onData, resolve, reject });
        void work();
      }),

    clearQueueForHandler(handlerId) {
      listeners.delete(handlerId);
      const left = waiting.filter((message) => message.handlerId === handlerId);
      waiting = waiting.filter((message) => message.handlerId !== handlerId);
      for (const { reject } of left) reject(new Error('the connection was closed'));
    },

    /** A connection that ends in the middle of something must not keep the session from the others. */
    async clearTransactionIfNeeded(handlerId) {
      if (holder !== handlerId) return;
      await database.runExclusive(() => database.execProtocolRawStream(SYNC_MESSAGE, { onRawData: () => {} }));
      if (database.isInTransaction()) await database.exec('ROLLBACK');
      holder = undefined;
      void work();
    },

    getQueueLength: () => waiting.length,
  };
}

/** Whether a Query or Parse message holds a LISTEN statement on a line of its own (comments may stand before it). */
function listensIn(message: Uint8Array): boolean {
  if (message[0] !== QUERY && message[0] !== PARSE) return false;
  const text = Buffer.from(
    message.buffer,
    message.byteOffset + FRAME_HEADER_BYTES,
    message.byteLength - FRAME_HEADER_BYTES,
  );
  return /^\s*listen\s/im.test(text.toString('latin1', 0, LISTEN_WITHIN_BYTES).replaceAll('\0', '\n'));
}

function append(before: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(before.byteLength + data.byteLength);
  joined.set(before);
  joined.set(data, before.byteLength);
  return joined;
}

/** Parts whole frames by whom they are for; `rest` is the beginning of a frame that is still to come. */
function split(data: Uint8Array<ArrayBuffer>): {
  own: Uint8Array;
  notifications: Uint8Array;
  rest: Uint8Array<ArrayBuffer>;
} {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const own: Uint8Array[] = [];
  const notifications: Uint8Array[] = [];
  let position = 0;
  while (position + FRAME_HEADER_BYTES <= data.byteLength) {
    const end = position + 1 + view.getUint32(position + 1);
    if (end > data.byteLength) break;
    (data[position] === NOTIFICATION_RESPONSE ? notifications : own).push(data.subarray(position, end));
    position = end;
  }
  return { own: Buffer.concat(own), notifications: Buffer.concat(notifications), rest: data.slice(position) };
}
