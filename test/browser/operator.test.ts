/** A day of an operator: a feed that fails says why and recovers, a job that died says why and is tried again. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ARTICLES_PATH } from '../../src/outputs/list-name.js';
import { FEEDS_PATH } from '../../src/server/feed-paths.js';
import { freePort } from '../support/servers.js';
import { startSyntheticSite } from '../support/synthetic-site.js';
import { launchChromium, openPage } from './chromium.js';
import { type Dashboard, follow, openEmptyDashboard, REFUSAL, refuseArticles } from './workplace.js';

/** Polls, and jobs through all their tries, on a busy machine. */
const CHAIN_MILLISECONDS = 90_000;

let dashboard: Dashboard;
let browser: Browser;

beforeAll(async () => {
  [dashboard, browser] = await Promise.all([openEmptyDashboard(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
});

/** What stands in a part of a page, loaded anew each time it is asked for. */
const reloaded = (page: Page, region: string) => async (): Promise<string> => {
  await page.reload();
  const found = page.getByRole('region', { name: region });
  return (await found.count()) === 0 ? '' : ((await found.textContent()) ?? '');
};

test('a feed that can’t be reached says why in plain words, and is well once it answers and is polled again', async () => {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/feed/0.xml`;
  const { page, close } = await openPage(browser, dashboard.url);
  await page.goto(FEEDS_PATH);
  await page.getByLabel('Address of a feed').fill(address);
  await page.getByRole('button', { name: 'Add' }).click();
  const fault = page.getByRole('alert');
  expect(await fault.textContent()).toContain('The host refuses or breaks off the connection');
  await fault.getByRole('button', { name: 'Follow it unseen' }).click();
  await page.getByRole('heading', { level: 1, name: '127.0.0.1' }).waitFor();
  await expect
    .poll(reloaded(page, 'State'), { timeout: CHAIN_MILLISECONDS })
    .toMatch(/The host refuses or breaks off the connection.*1 failure in a row/s);

  await page.getByRole('link', { name: 'All feeds' }).click();
  const attention = page.getByRole('region', { name: 'Needs attention' });
  expect(await attention.textContent()).toMatch(/127\.0\.0\.1: The host refuses.*last success never/s);

  const site = await startSyntheticSite({ items: 2, port });
  try {
    await attention.getByRole('link', { name: '127.0.0.1' }).click();
    await page.getByRole('button', { name: 'Poll now' }).click();
    await page.getByText('A worker polls it now.').waitFor();
    await expect
      .poll(reloaded(page, 'State'), { timeout: CHAIN_MILLISECONDS })
      .toMatch(/Health\s*(New items|Nothing new)/);
    await page.goto(FEEDS_PATH);
    expect(await attention.count()).toBe(0);
  } finally {
    await site.close();
    await close();
  }
});

test('a dead letter is shown with its error, and the button sends it on its way again', async () => {
  const site = await startSyntheticSite({ items: 1 });
  const title = site.items[0]?.title ?? '';
  const { page, close } = await openPage(browser, dashboard.url);
  try {
    const { mend } = await refuseArticles(dashboard, site.url);
    await follow(dashboard, site.feeds);
    await page.goto('/operations');
    const letters = reloaded(page, 'Dead letters');
    await expect.poll(letters, { timeout: CHAIN_MILLISECONDS }).toContain(REFUSAL);
    const words = await letters();
    for (const said of ['1 job was given up', title, 'store, 3 tries']) expect(words).toContain(said);

    await mend();
    await page.getByRole('button', { name: `Retry ${title}` }).click();
    await page.getByText('1 job put back; a running worker takes them up.').waitFor();
    await page.goto('/operations');
    await expect.poll(letters, { timeout: CHAIN_MILLISECONDS }).toContain('None: every job came to an end of its own.');
    await page.goto(`${ARTICLES_PATH}?q=${encodeURIComponent(`"${title}"`)}`);
    await page.getByRole('link', { name: title }).waitFor();
  } finally {
    await site.close();
    await close();
  }
});
