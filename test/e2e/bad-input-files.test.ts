/** Files of the operator that are wrong, and a data directory that goes: what is said, and how the process ends. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shippedConfig } from '../../src/paths.js';
import { type Belfry, createBelfry, eventually } from '../support/belfry.js';

let belfry: Belfry;
const file = (name: string): string => join(belfry.directory, name);

beforeEach(() => {
  belfry = createBelfry();
});
afterEach(async () => {
  await belfry.dispose();
});

const BROKEN_LIST = `<?xml version="1.0"?>
<opml version="2.0"><body>
  <outline type="rss" text="Good" xmlUrl="http://127.0.0.1:9/feed.xml"/>
  <outline type="rss" text="No address"/>
  <outline type="rss" text="Cut" xmlUrl="http://127.0.0.1:9/cu`;

test('a taxonomy with a mistake stops the start with file, line and what was expected, and exit code 78', async () => {
  cpSync(shippedConfig('taxonomy'), file('taxonomy'), { recursive: true });
  const types = join(file('taxonomy'), 'types', 'sabotage.yaml');
  const lines = readFileSync(types, 'utf8').split('\n');
  const line = lines.findIndex((text) => /^ *labels:/.test(text));
  lines[line] = (lines[line] as string).replace('labels:', 'lables:');
  writeFileSync(types, lines.join('\n'));
  belfry.environment.BELFRY_TAXONOMY = file('taxonomy');
  for (const args of [['run'], ['run', '--once'], ['taxonomy', 'check', '--taxonomy', file('taxonomy')]]) {
    const { code, stderr } = await belfry.run(args);
    expect([args, code], stderr).toEqual([args, 78]);
    expect(stderr).toMatch(/sabotage\.yaml:\d+: .*lables/);
  }
});

test('importing a broken feed list takes what stands before the break and names each faulty line, with exit code 1', async () => {
  writeFileSync(file('broken.opml'), BROKEN_LIST);
  const { code, stdout, stderr } = await belfry.run(['feeds', 'import', file('broken.opml')]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^1 added/);
  expect(stderr).toMatch(/broken\.opml:4: expected xmlUrl=/);
  expect(stderr).toMatch(/broken\.opml:5: /);
});

test.each([
  ['broken in its first line', '<opml><body><outline text="x" xmlUrl="http', /list\.opml:1: /],
  ['no feed list', '<rss version="2.0"/>', /list\.opml:1: expected an <opml> document/],
])('a feed list that is %s stops the start with exit code 78', async (_what, text, said) => {
  writeFileSync(file('list.opml'), text);
  belfry.environment.BELFRY_FEEDS = file('list.opml');
  for (const args of [['run'], ['worker', 'fetch'], ['run', '--once']]) {
    const { code, stderr } = await belfry.run(args);
    expect([args, code], stderr).toEqual([args, 78]);
    expect(stderr).toMatch(said);
  }
});

test('a feed list that is not there is said to be so, with the way to another', async () => {
  belfry.environment.BELFRY_FEEDS = file('nowhere.opml');
  const { code, stderr } = await belfry.run(['run', '--once']);
  expect(code).toBe(78);
  expect(stderr).toMatch(/nowhere\.opml: can't be read \(ENOENT\); set feeds\.list or BELFRY_FEEDS/);
});

test('a service whose data directory is deleted ends by itself with a clear word and exit code 69', async () => {
  const running = belfry.start(['run']);
  await running.says(/Belfry is at/, 120);
  rmSync(file('data'), { recursive: true, force: true });
  await running.says(/data directory .* was removed while Belfry ran on it: this process can't go on/, 30);
  await eventually(async () => running.child.exitCode !== null, 60);
  expect(running.child.exitCode).toBe(69);
  expect(existsSync(join(file('data'), 'postgres', 'belfry-complete'))).toBe(false);
});
