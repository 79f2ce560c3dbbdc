/** The fetch worker: polls feeds and downloads the pages behind what is new. */
import { runIfMain } from '../src/cli/serve-stages.js';
import { askHubsNow, scheduleFeed, unscheduleFeed } from '../src/pipeline/schedule.js';
import { ComeBack, handOn, type StartStage, startStageWorker, TryAgain } from '../src/pipeline/stage-worker.js';
import type { PageJob, PollJob } from '../src/pipeline/stages.js';
import { fetchPage } from '../src/pipeline/steps/fetch-page.js';
import { askHubs } from '../src/pipeline/steps/follow-hub.js';
import { pollFeed } from '../src/pipeline/steps/poll-feed.js';
import { openWeb } from '../src/pipeline/web-settings.js';

const MEGABYTE = 1 << 20;

export const startFetch: StartStage = (context) => {
  const { runtime } = context;
  const { database, queues } = runtime;
  const { feeds, fetch, net } = runtime.settings;
  const { web, client, close } = openWeb(runtime);
  const pollDependencies = {
    database,
    web,
    settings: feeds,
    maxBytes: net.maxFeedMegabytes * MEGABYTE,
    publicUrl: runtime.settings.server.publicUrl,
  };
  const pageDependencies = { database, web, maxBytes: net.maxPageMegabytes * MEGABYTE };
  const worker = startStageWorker(context, 'fetch', fetch.concurrency, async (job, { tries, attempt, log }) => {
    if (job.name === 'poll') {
      const poll = job.data as PollJob;
      const result = await pollFeed(pollDependencies, { ...poll, attempt, askedAt: new Date(job.timestamp) });
      if (result.next === 'wait') {
        throw new ComeBack(result.waitMilliseconds, { journey: result.journey, phase: result.phase });
      }
      const { outcome, pages, nextPollAt, hub } = result;
      await handOn(runtime, 'fetch', pages);
      if (hub === 'new') await askHubsNow(queues);
      if (nextPollAt === null) await unscheduleFeed(queues, poll.feedId);
      else await scheduleFeed(queues, { id: poll.feedId, nextPollAt });
      if (pages.length > 0) log.info({ outcome, pages: pages.length }, 'the feed brought pages');
      return outcome;
    }
    if (job.name === 'hubs') {
      const asked = await askHubs(database.pool, client);
      for (const { hub, outcome } of asked) {
        context.metrics.hubsAsked.inc({ outcome });
        log.info({ hub, outcome }, 'asked a hub');
      }
      return asked.length === 0 ? 'no-hub-due' : 'hubs-asked';
    }
    const page = job.data as PageJob;
    const { journey, deferrals = 0, ...reference } = page;
    const result = await fetchPage(pageDependencies, { pageId: page.pageId, tries, journey });
    if (result.next === 'wait') throw new ComeBack(result.waitMilliseconds, { journey: result.journey });
    if (result.next === 'retry') {
      // Another try goes all the way again.
      if (journey) await job.updateData({ ...reference, deferrals });
      throw new TryAgain(`${result.outcome}: ${result.message}`);
    }
    if (result.next === 'extract') await handOn(runtime, 'extract', [reference]);
    return result.outcome;
  });
  return {
    stage: 'fetch',
    close: async () => {
      await worker.close();
      await close();
    },
  };
};

await runIfMain(import.meta.url, startFetch);
