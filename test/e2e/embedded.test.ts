/** One process on the embedded database, driven as an operator drives it. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';
import { type SyntheticSite, startSyntheticSite } from '../support/synthetic-site.js';

let belfry: Belfry;
let site: SyntheticSite | undefined;

afterEach(async () => {
  await belfry.dispose();
  await site?.close();
  site = undefined;
});

interface ListedArticle {
  readonly id: string;
  readonly url: string;
  readonly tags: readonly { readonly type: string; readonly evidence: readonly unknown[] }[];
}

const articlesOf = (installation: Belfry): Promise<ListedArticle[]> => installation.articles<ListedArticle>();

test('a running Belfry takes a feed from another command and stores its articles, tagged with evidence', async () => {
  belfry = createBelfry();
  site = await startSyntheticSite({ items: 25 });
  const running = belfry.start(['run']);
  await running.says(/Belfry is at http:\/\/127\.0\.0\.1:\d+/, 60);
  const added = await belfry.run(['feeds', 'add', ...site.feeds]);
  expect(added).toMatchObject({ code: 0 });

  const articles = await eventually(async () => {
    const found = await articlesOf(belfry);
    return found.length === 25 && found;
  }, 90);
  expect(new Set(articles.map(({ url }) => url))).toEqual(new Set(site.items.map(({ url }) => url)));
  const tagged = articles.filter(({ tags }) => tags.length > 0);
  expect(tagged.length).toBeGreaterThan(0);
  for (const { tags } of tagged) for (const { evidence } of tags) expect(evidence.length).toBeGreaterThan(0);

  const stopped = await running.end('SIGTERM');
  expect(stopped.code).toBe(0);
});

test('run --once polls, drains the chain and ends with 0, and finds nothing new the second time', async () => {
  belfry = createBelfry();
  site = await startSyntheticSite({ items: 12 });
  await belfry.run(['feeds', 'add', ...site.feeds]);
  const first = await belfry.run(['run', '--once', '--json']);
  expect(JSON.parse(first.stdout)).toMatchObject({ feedsPolled: 1, itemsNew: 12, articlesStored: 12, failed: 0 });
  expect(first.code).toBe(0);
  const second = await belfry.run(['run', '--once', '--all', '--json']);
  expect(JSON.parse(second.stdout)).toMatchObject({ feedsPolled: 1, itemsNew: 0, articlesStored: 0, failed: 0 });
  for (const [path, count] of site.requests())
    if (path.startsWith('/article/')) expect([path, count]).toEqual([path, 1]);
});

test('run --once ends with 1 when a feed fails, names it and its reason, and still stores the others', async () => {
  belfry = createBelfry();
  site = await startSyntheticSite({ items: 3 });
  await belfry.run(['feeds', 'add', ...site.feeds, `${site.url}/nowhere.xml`]);
  const { code, stdout, stderr } = await belfry.run(['run', '--once']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/articles stored\s+3/);
  expect(stderr).toMatch(/nowhere\.xml: http-404/);
});

test('what was acknowledged survives kill -9, and the next start goes on', async () => {
  belfry = createBelfry();
  site = await startSyntheticSite({ items: 60, latencyMilliseconds: 30 });
  await belfry.run(['feeds', 'add', ...site.feeds]);
  const running = belfry.start(['run']);
  await running.says(/Belfry is at/, 60);
  const before = await eventually(async () => {
    const found = await articlesOf(belfry);
    return found.length > 0 && found;
  }, 60);
  await running.end('SIGKILL');

  const again = await belfry.run(['run', '--once', '--json']);
  expect(again.code, again.stderr).toBe(0);
  const after = await articlesOf(belfry);
  expect(after).toHaveLength(60);
  const ids = new Set(after.map(({ id }) => id));
  for (const { id } of before) expect(ids).toContain(id);
});

test('a second service on the same data directory is refused with a clear word and exit code 75', async () => {
  belfry = createBelfry();
  const running = belfry.start(['run']);
  await running.says(/Belfry is at/, 60);
  const second = await belfry.run(['run']);
  expect(second.code).toBe(75);
  expect(second.stderr).toMatch(new RegExp(`already runs on .*process ${running.child.pid}`));
});

test('the data directory is private and holds a socket that only its owner can use', async () => {
  belfry = createBelfry();
  const running = belfry.start(['run']);
  await running.says(/Belfry is at/, 60);
  const data = join(belfry.directory, 'data');
  expect(statSync(data).mode & 0o777).toBe(0o700);
  const sockets = readdirSync(data).filter((name) => statSync(join(data, name)).isSocket());
  expect(sockets.length).toBeGreaterThanOrEqual(2);
  for (const socket of sockets) expect(statSync(join(data, socket)).mode & 0o777).toBe(0o600);
});

test('two runs at the same time: one works, the other ends with 75', async () => {
  belfry = createBelfry();
  site = await startSyntheticSite({ items: 20, latencyMilliseconds: 200 });
  await belfry.run(['feeds', 'add', ...site.feeds]);
  const results = await Promise.all([belfry.run(['run', '--once']), belfry.run(['run', '--once'])]);
  expect(results.map(({ code }) => code).sort(), results.map(({ stderr }) => stderr).join('\n')).toEqual([0, 75]);
});

test('a data directory whose path is too long for a socket is refused with the way out', async () => {
  const deep = mkdtempSync(join(tmpdir(), 'd'.repeat(90)));
  belfry = createBelfry({ BELFRY_DATA_DIR: join(deep, 'data') });
  const { code, stderr } = await belfry.run(['status']);
  rmSync(deep, { recursive: true });
  expect(code).toBe(1);
  expect(stderr).toMatch(/too long for a Unix socket.*BELFRY_DATA_DIR/);
});
