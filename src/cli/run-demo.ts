/** The demo: an invented newsroom on loopback, the chain over it on a database of its own, and the dashboard with the result. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../config.js';
import { startNewsroom } from '../demo/newsroom.js';
import { createLogger } from '../log.js';
import { runOnce } from '../pipeline/run-once.js';
import { startService } from '../pipeline/service.js';
import { stages } from '../pipeline/stages.js';
import { startServer } from '../server/server.js';
import { addFeeds } from '../store/feeds.js';
import { startStages } from './stages.js';
import { createProgress } from './terminal.js';

/** The newsroom's wrong turns need no patience: a page is tried twice. */
const DEMO_ATTEMPTS = 2;

export async function runDemo(options: { readonly open: boolean }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'belfry-demo-'));
  const newsroom = await startNewsroom();
  const settings = demoSettings(loadSettings(), directory, new URL(newsroom.url).host);
  const service = await startService(
    settings,
    createLogger(process.env.LOG_LEVEL ? settings.logLevel : 'warn'),
    startStages(stages),
  );
  try {
    const { pool } = service.runtime.database;
    const server = await startServer(service, {
      ...settings.server,
    });
    try {
      await addFeeds(
        pool,
        newsroom.feeds.map((url) => ({
          url,
          title: null,
          site: newsroom.url,
          folder: 'Demo',
          language: null,
          country: null,
        })),
      );
      const progress = createProgress();
      const stop = new AbortController();
      void service.stopped.then(() => stop.abort());
      const result = await runOnce(service.runtime, {
        feeds: 'all',
        signal: stop.signal,
        onProgress: ({ itemsNew, articlesStored }) =>
          progress.update(`${articlesStored} of ${itemsNew} articles stored`),
      });
      progress.end();
      if (result.ran) {
        const { feedsPolled, itemsNew, articlesStored, articlesTagged } = result.summary;
        process.stdout.write(
          `${feedsPolled} feeds, ${itemsNew} items, ${articlesStored} articles stored, ${articlesTagged} tagged\n`,
        );
      }
      process.stdout.write(`The dashboard is at ${server.url} (Ctrl+C ends the demo)\n`);
      if (options.open && process.stdout.isTTY) openBrowser(server.url);
      await service.stopped;
    } finally {
      await server.close();
    }
  } finally {
    await service.close();
    await newsroom.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Always embedded and in a folder of its own: a demo must not touch what an operator has, nor ask anybody. */
function demoSettings(settings: Settings, dataDirectory: string, newsroomHost: string): Settings {
  const { redisUrl: _redis, databaseUrl: _database, ...rest } = settings;
  return {
    ...rest,
    dataDirectory,
    net: { ...settings.net, allow: [newsroomHost] },
    politeness: { ...settings.politeness, ownHosts: [new URL(`http://${newsroomHost}`).hostname] },
    secondOpinion: { ...settings.secondOpinion, folder: 'none', url: 'none' },
    fetch: { ...settings.fetch, attempts: DEMO_ATTEMPTS },
  };
}

function openBrowser(url: string): void {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
