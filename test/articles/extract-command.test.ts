import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.js';
import { articlePage } from './pages.js';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function belfry(
  args: readonly string[],
  stdin = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/src/cli/main.js'), ...args], {
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(stdin);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('belfry extract', () => {
  let directory: string;
  const inDirectory = (name: string): string => join(directory, name);
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'belfry-extract-'));
    writeFileSync(inDirectory('good.html'), articlePage());
    writeFileSync(inDirectory('empty.html'), '');
    writeFileSync(inDirectory('report.pdf'), '%PDF-1.7');
    writeFileSync(
      inDirectory('latin.html'),
      articlePage({ head: '<meta name="author" content="Ren\xe9 Dupr\xe9">' }),
      'latin1',
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('prints one line an input, in order, whatever the input', async () => {
    const files = ['missing.html', 'good.html', 'empty.html', 'report.pdf', '.', 'good.html'].map(inDirectory);
    const { stdout, code } = await belfry(['extract', '--format', 'ndjson', ...files]);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.file)).toEqual(files);
    expect(lines.map((line) => line.error?.split(':')[0] ?? line.method)).toEqual([
      'unreadable',
      'readability:linkedom',
      'empty',
      'not-html',
      'unreadable',
      'readability:linkedom',
    ]);
    expect(code).toBe(1);
  });

  it('gives exactly the fields that its readers know', async () => {
    const { stdout, code } = await belfry(['extract', '--format', 'ndjson', inDirectory('good.html')]);
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'file',
      'url',
      'title',
      'byline',
      'publishedAt',
      'language',
      'text',
      'excerpt',
      'method',
    ]);
    expect(code).toBe(0);
  });

  it('takes address and charset from --meta', async () => {
    const meta = inDirectory('meta.json');
    const file = inDirectory('latin.html');
    writeFileSync(
      meta,
      JSON.stringify({ [file]: { url: 'https://gazette.example/1', contentType: 'text/html; charset=iso-8859-1' } }),
    );
    const { stdout } = await belfry(['extract', '--format', 'ndjson', '--meta', meta, file]);
    expect(JSON.parse(stdout)).toMatchObject({ url: 'https://gazette.example/1', byline: ['René Dupré'] });
  });

  it('reads standard input and explains itself', async () => {
    const { stdout } = await belfry(['extract', '--explain', '--url', 'https://gazette.example/2', '-'], articlePage());
    expect(stdout).toContain('Quay closed');
    expect(stdout).toContain('https://gazette.example/2');
    expect(stdout).toMatch(/How it was found:\n {2}text: readability:linkedom/);
  });

  describe('with an address', () => {
    let site: Server;
    let base: string;
    beforeAll(async () => {
      site = createServer(({ url }, response) => {
        if (url === '/old') response.writeHead(301, { location: '/new' }).end();
        else if (url === '/new')
          response
            .writeHead(200, { 'content-type': 'text/html; charset=iso-8859-1' })
            .end(Buffer.from(articlePage({ head: '<meta name="author" content="Ren\xe9 Dupr\xe9">' }), 'latin1'));
        else response.writeHead(404).end('gone');
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
      writeFileSync(
        inDirectory('belfry.yaml'),
        `net: { allow: [127.0.0.1], allowedPorts: [${(site.address() as AddressInfo).port}] }`,
      );
    });
    afterAll(() => site.close());

    it('fetches the page, follows redirects and heeds its charset', async () => {
      const { stdout, stderr, code } = await belfry(
        ['extract', '--format', 'ndjson', `${base}/old`, inDirectory('good.html'), `${base}/missing`],
        '',
        { BELFRY_CONFIG: inDirectory('belfry.yaml') },
      );
      expect(stderr).toBe('');
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines[0]).toMatchObject({ file: `${base}/old`, url: `${base}/new`, byline: ['René Dupré'] });
      expect(lines[1]).toMatchObject({ title: 'Quay closed' });
      expect(lines[2]).toMatchObject({ file: `${base}/missing`, error: expect.stringMatching(/^http-404: /) });
      expect(code).toBe(1);
    });

    it('asks no address that the settings forbid', async () => {
      const { stderr, code } = await belfry(['extract', `${base}/new`]);
      expect(stderr).toMatch(/address-forbidden/);
      expect(code).toBe(1);
    });
  });

  it('says what is wrong with a --meta file', async () => {
    const { stderr, code } = await belfry(['extract', '--meta', inDirectory('good.html'), inDirectory('good.html')]);
    expect(stderr).toContain('--meta');
    expect(code).toBe(64);
  });
});
