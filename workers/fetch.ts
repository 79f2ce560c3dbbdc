/** The fetch worker: polls feeds and downloads the pages behind what is new. */
import { runIfMain } from '../src/cli/serve-stages.js';
import { unscheduleFeed } from '../src/pipeline/schedule.js';
import { handOn, type StartStage, startStageWorker, TryAgain } from '../src/pipeline/stage-worker.js';
import type { PageJob, PollJob } from '../src/pipeline/stages.js';
import { fetchPage } from '../src/pipeline/steps/fetch-page.js';
import { pollFeed } from '../src/pipeline/steps/poll-feed.js';
import { webSettings } from '../src/pipeline/web-settings.js';
import { createWebClient } from '../src/web/client.js';

const MEGABYTE = 1 << 20;

export const startFetch: StartStage = (context) => {
  const { runtime } = context;
  const { database } = runtime;
  const { feeds, fetch, net } = runtime.settings;
  const web = createWebClient(webSettings(runtime.settings));
  const worker = startStageWorker(context, 'fetch', fetch.concurrency, async (job, { tries, attempt, log }) => {
    if (job.name === 'poll') {
      const dependencies = { database, web, pollMinutes: feeds.pollMinutes, maxBytes: net.maxFeedMegabytes * MEGABYTE };
      const { outcome, pages } = await pollFeed(dependencies, {
        ...(job.data as PollJob),
        attempt,
        askedAt: new Date(job.timestamp),
      });
      await handOn(runtime, 'fetch', pages);
      if (outcome === 'not-followed') await unscheduleFeed(runtime.queues, (job.data as PollJob).feedId);
      if (pages.length > 0) log.info({ outcome, pages: pages.length }, 'the feed brought pages');
      return outcome;
    }
    const page = job.data as PageJob;
    const result = await fetchPage({ database, web, maxBytes: net.maxPageMegabytes * MEGABYTE }, page.pageId, tries);
    if (result.next === 'retry') throw new TryAgain(`${result.outcome}: ${result.message}`);
    if (result.next === 'extract') await handOn(runtime, 'extract', [page]);
    return result.outcome;
  });
  return {
    stage: 'fetch',
    close: async () => {
      await worker.close();
      await web.close();
    },
  };
};

await runIfMain(import.meta.url, startFetch);
