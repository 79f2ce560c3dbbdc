/** Commands in a pipe whose reader has had enough. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/paths.js';

/** More than a pipe holds (64 KB on Linux): the command is still writing when its reader leaves. */
const LINES = 3_000;

test('a reader that leaves after the first line ends the command quietly, with exit code 0', async () => {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/src/cli/main.js'), 'classify'], { stdio: 'pipe' });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdin.on('error', () => {}); // it ends before it has read all
  const line = JSON.stringify({
    id: 1,
    title: 'Drones over the air base',
    text: 'Soldiers saw three drones at night.',
  });
  child.stdin.end(`${line}\n`.repeat(LINES));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
});
