/** Every page of ours, light and dark, on a laptop and on a phone: no fault that axe finds, and nothing beyond the edge. */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ARTICLES_PATH } from '../../src/outputs/list-name.js';
import { LOGIN_PATH } from '../../src/server/access.js';
import { FEEDS_PATH } from '../../src/server/feed-paths.js';
import { OVERVIEW_PATH } from '../../src/server/security.js';
import { type SyntheticSite, startSyntheticSite } from '../support/synthetic-site.js';
import { LAPTOP, launchChromium, openPage, PHONE } from './chromium.js';
import {
  type Dashboard,
  follow,
  openEmptyDashboard,
  openWorkplace,
  refuseArticles,
  storedArticles,
  type Workplace,
} from './workplace.js';

const DEAD_LETTER_MILLISECONDS = 90_000;

const looks = [
  { colorScheme: 'light', viewport: LAPTOP },
  { colorScheme: 'dark', viewport: LAPTOP },
  { colorScheme: 'light', viewport: PHONE },
] as const;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

interface Faults {
  readonly look: string;
  readonly faults: readonly string[];
}

/** What is wrong with the page that is open, with all that can be unfolded unfolded. */
async function faultsOf(page: Page): Promise<readonly Faults[]> {
  await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
  await page.evaluate(axe.source);
  const found: Faults[] = [];
  for (const { colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    const width = await page.evaluate<number>('document.scrollingElement.scrollWidth');
    const faults = [
      ...violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
      ),
      ...(width > viewport.width ? [`scrolls sideways: ${width} px are wider than ${viewport.width} px`] : []),
    ];
    if (faults.length > 0) found.push({ look: `${colorScheme}, ${viewport.width} px`, faults });
  }
  return found;
}

describe('while there is nothing yet', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openEmptyDashboard();
  });
  afterAll(() => dashboard?.close());

  test.each([OVERVIEW_PATH, ARTICLES_PATH, FEEDS_PATH, '/operations'])('%s has no fault', async (path) => {
    const { page, close } = await openPage(browser, dashboard.url);
    await page.goto(path);
    expect(await faultsOf(page)).toEqual([]);
    await close();
  });
});

describe('over a newsroom, a feed that fails, a dead letter and judgements', () => {
  let workplace: Workplace;
  let site: SyntheticSite;
  let articles: ReadonlyMap<string, string>;

  beforeAll(async () => {
    workplace = await openWorkplace();
    site = await startSyntheticSite({ items: 1 });
    await refuseArticles(workplace, site.url);
    await follow(workplace, [...site.feeds, `${site.url}/nowhere.xml`]);
    articles = new Map(
      (await storedArticles(workplace)).map(({ id, url }) => [url.slice(url.lastIndexOf('/') + 1), id]),
    );
    const judged = await workplace.belfry.run([
      'label',
      idOf('hospitals-switch-to-paper'),
      '-cyberattack',
      '+organised-crime',
    ]);
    expect(judged.code, judged.stderr).toBe(0);
  });
  afterAll(async () => {
    await workplace?.close();
    await site?.close();
  });

  const idOf = (name: string): string => articles.get(name) ?? '';

  /** Looks at a page after what is done there; `pages` says how to get to each. */
  const pages: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    'the overview': (page) => page.goto(OVERVIEW_PATH),
    'the overview of a period': (page) => page.goto(`${OVERVIEW_PATH}?from=${new Date().toISOString().slice(0, 8)}01`),
    'the overview in Dutch': async (page) => {
      await page.goto(OVERVIEW_PATH);
      await page.getByRole('button', { name: 'Nederlands' }).click();
      await page.getByRole('heading', { level: 1, name: 'Overzicht' }).waitFor();
    },
    'the list': (page) => page.goto(ARTICLES_PATH),
    'the list in French': async (page) => {
      await page.goto(ARTICLES_PATH);
      await page.getByRole('button', { name: 'français' }).click();
      await page.getByRole('region', { name: 'Résultats' }).waitFor();
    },
    'the list with every filter': (page) =>
      page.goto(
        `${ARTICLES_PATH}?tagged=yes&type=sabotage&type=cyberattack&score=0.3&reviewed=no&period=90d&from=2020-01-01&to=2099-01-01&language=en&country=belgium&actor=russia&target=election&means=drone&stage=trial&feed=1&q=the`,
      ),
    'a list without results': (page) => page.goto(`${ARTICLES_PATH}?q=nothingthatanybodywrote`),
    'an article with evidence of several types': (page) =>
      page.goto(`/articles/${idOf('sixty-newspapers-that-never-were')}`),
    'an article that was judged': (page) => page.goto(`/articles/${idOf('hospitals-switch-to-paper')}`),
    'an article without a tag': (page) => page.goto(`/articles/${idOf('obituary-lionel-carstairs')}`),
    'the feeds': (page) => page.goto(FEEDS_PATH),
    'an address that is no feed': async (page) => {
      await page.goto(FEEDS_PATH);
      await page.getByLabel('Address of a feed').fill(`${site.url}/article/0`);
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('alert').waitFor();
    },
    'a feed': (page) => page.goto(`${FEEDS_PATH}/1`),
    'a feed that fails': async (page) => {
      await page.goto(FEEDS_PATH);
      const attention = page.getByRole('region', { name: 'Needs attention' });
      await expect
        .poll(() => page.reload().then(() => attention.count()), { timeout: DEAD_LETTER_MILLISECONDS })
        .toBe(1);
      await attention.getByRole('link').click();
      await page.getByRole('region', { name: 'State' }).waitFor();
    },
    'operations with a dead letter': async (page) => {
      await page.goto('/operations');
      const retry = page.getByRole('button', { name: 'Retry all' });
      await expect.poll(() => page.reload().then(() => retry.count()), { timeout: DEAD_LETTER_MILLISECONDS }).toBe(1);
    },
    'what is not there': (page) => page.goto('/nowhere'),
    'a filter that does not exist': (page) => page.goto(`${ARTICLES_PATH}?typ=sabotage`),
  };

  test.each(Object.keys(pages))('%s has no fault', async (name) => {
    const { page, close } = await openPage(browser, workplace.url);
    await pages[name]?.(page);
    expect(await faultsOf(page)).toEqual([]);
    await close();
  });

  test('the login, a refused token, and what a token may not see have no fault', async () => {
    const made = await workplace.belfry.run(['token', 'create', 'reader', '--scopes', 'read']);
    const { page, close } = await openPage(browser, workplace.url);
    await page.goto(ARTICLES_PATH);
    expect(new URL(page.url()).pathname).toBe(LOGIN_PATH);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Token').fill('no token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Token').fill(made.stdout.trim());
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.goto('/queues');
    await page.getByText('scope operate').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await close();
  });
});
