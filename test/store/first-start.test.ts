/** Several processes that start at once on a PostgreSQL server without a schema, as `docker compose up` does it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.js';
import { emptyDatabase, mustHaveServers, serverAtHand, startPostgres, type TestServer } from '../support/servers.js';

const AT_ONCE = 4;
const ROUNDS = 8;

describe.skipIf(!mustHaveServers && !serverAtHand('PostgreSQL'))('on a PostgreSQL server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(async () => {
    await server?.stop();
  });

  test('each finds the schema made, and one has made it', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const databaseUrl = await emptyDatabase(server.url, `round_${round}`);
      const opening = Array.from({ length: AT_ONCE }, () =>
        openDatabase({ databaseUrl, dataDirectory: '' }, { kind: 'service', onPoolError: () => undefined }),
      );
      const opened = await Promise.allSettled(opening);
      const databases = opened.flatMap((each): Database[] => (each.status === 'fulfilled' ? [each.value] : []));
      await Promise.all(databases.map((database) => database.close()));
      expect(opened.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([]);
    }
  });
});
