/** A morning of an analyst: open, filter, search, read the evidence, correct a tag, and find the correction wherever articles go. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ARTICLES_PATH } from '../../src/outputs/list-name.js';
import { launchChromium, type OpenPage, openPage } from './chromium.js';
import { openWorkplace, storedArticles, type Workplace } from './workplace.js';

/** Articles of the demo's newsroom, by the last part of their addresses; each is surely what its words say. */
const HOSPITALS = 'hospitals-switch-to-paper';
const RAIL = 'signal-cables-burned';
const OBITUARY = 'obituary-lionel-carstairs';

let workplace: Workplace;
let browser: Browser;
/** Ids of the stored articles, by the last part of their addresses. */
let ids: ReadonlyMap<string, string>;

beforeAll(async () => {
  [workplace, browser] = await Promise.all([openWorkplace(), launchChromium()]);
  const stored = await storedArticles(workplace);
  ids = new Map(stored.map(({ id, url }) => [url.slice(url.lastIndexOf('/') + 1), id]));
});
afterAll(async () => {
  await browser?.close();
  await workplace?.close();
});

/** Nothing may go wrong in a page while somebody works with it. */
async function working(work: (page: Page) => Promise<void>, options?: Parameters<typeof openPage>[2]): Promise<void> {
  const { page, complaints, close }: OpenPage = await openPage(browser, workplace.url, options);
  try {
    await work(page);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
}

/** An article in the list. Its title can't tell it from others: marks interrupt it. */
const itemOf = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'Results' })
    .getByRole('article')
    .filter({ has: page.locator(`h2 a[href^="${addressOf(name)}"]`) });

function addressOf(name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`the newsroom has no ${name}`);
  return `/articles/${id}`;
}

/** How many articles the list says that it has. */
async function count(page: Page): Promise<number> {
  const words = await page
    .getByRole('region', { name: 'Results' })
    .getByRole('status')
    .filter({ hasText: /\d articles?/ })
    .textContent();
  return Number(/[\d,]+/.exec(words ?? '')?.[0].replace(',', ''));
}

async function openArticle(page: Page, name: string): Promise<void> {
  await page.goto(ARTICLES_PATH);
  await itemOf(page, name).getByRole('heading').getByRole('link').click();
  await page.waitForURL(({ pathname }) => pathname === addressOf(name));
}

test('the way in leads from the overview to the articles, all of which are there', () =>
  working(async (page) => {
    await page.goto('/');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Articles' }).click();
    await itemOf(page, HOSPITALS).waitFor();
    expect(await count(page)).toBe(workplace.newsroom.items.length);
  }));

test('a filter shows only what it asks for, stands in the address, and comes off again', () =>
  working(async (page) => {
    await page.goto(ARTICLES_PATH);
    const all = await count(page);
    await page.getByRole('checkbox', { name: 'Cyberattack' }).check();
    await page.getByLabel('Language').selectOption({ label: 'English' });
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('list', { name: 'Active filters' }).waitFor();
    expect([...new URL(page.url()).searchParams]).toEqual([
      ['type', 'cyberattack'],
      ['language', 'en'],
    ]);
    await itemOf(page, HOSPITALS).waitFor();
    const items = await page.getByRole('region', { name: 'Results' }).getByRole('article').all();
    expect(items).toHaveLength(await count(page));
    for (const item of items) expect(await item.textContent()).toMatch(/Cyberattack.*English/s);

    await page.getByRole('link', { name: 'Remove filter English' }).click();
    await page.waitForURL(`**${ARTICLES_PATH}?type=cyberattack`);
    await page.getByRole('link', { name: 'Clear all' }).click();
    await page.waitForURL(`**${ARTICLES_PATH}`);
    expect(await count(page)).toBe(all);
  }));

test('a search finds a phrase, leaves out what was excluded, and says so when nothing is left', () =>
  working(async (page) => {
    await page.goto(ARTICLES_PATH);
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.fill('"patient records"');
    await search.press('Enter');
    await page.waitForURL(/\?q=/);
    await itemOf(page, HOSPITALS).waitFor();
    expect(await count(page)).toBe(1);

    await search.fill('"patient records" -ransomware');
    await search.press('Enter');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    await page.getByRole('link', { name: 'Show all articles' }).click();
    await itemOf(page, HOSPITALS).waitFor();
  }));

test('an article marks its evidence, each mark says what it is worth, and the table leads to it', () =>
  working(async (page) => {
    await openArticle(page, RAIL);
    const marks = page.locator('article mark');
    for (const mark of await marks.all())
      expect(await mark.getAttribute('title')).toMatch(/: \S+, weight [+-−]\d\.\d\d/);
    const evidence = page.getByRole('region', { name: 'Sabotage' });
    const rows = evidence.getByRole('table', { name: 'Evidence for Sabotage' }).getByRole('row');
    expect(await rows.count()).toBeGreaterThan(1);
    const link = rows.nth(1).getByRole('link');
    const words = (await link.textContent()) ?? '';
    await link.click();
    const target = page.locator('mark:has(:target)');
    await target.waitFor();
    // Words that several findings share are marked piece by piece.
    expect(await target.textContent()).toContain(words.split(' ')[0]);
    await expect.poll(() => isInView(page, target)).toBe(true);
    expect(await target.evaluate((mark) => getComputedStyle(mark).backgroundColor)).not.toBe('rgba(0, 0, 0, 0)');
  }));

async function isInView(page: Page, target: ReturnType<Page['locator']>): Promise<boolean> {
  const box = await target.boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}

test('a corrected tag is corrected in the list, the CSV and the STIX bundle', () =>
  working(async (page) => {
    await openArticle(page, HOSPITALS);
    await page.getByRole('button', { name: 'Reject Cyberattack' }).click();
    await page.getByText('None, says who judged it.').waitFor();
    await page.getByLabel('Add a type').selectOption({ label: 'Organised crime' });
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('region', { name: 'Organised crime' }).waitFor();
    const said = await page.getByRole('region', { name: 'Judgements' }).getByRole('listitem').allTextContents();
    expect(said.map((words) => words.replace(/, says.*/s, ''))).toEqual(['Organised crime', 'Not Cyberattack']);

    await page.goto(`${ARTICLES_PATH}?reviewed=yes&q=hospitals`);
    const chips = itemOf(page, HOSPITALS).getByRole('list', { name: 'Threat types' });
    expect(await chips.textContent()).toBe('Organised crime 100%');
    await page.goto(`${ARTICLES_PATH}?type=cyberattack&q=hospitals`);
    expect(await itemOf(page, HOSPITALS).count()).toBe(0);

    const csv = await (await page.request.get('/api/v1/articles?format=csv')).text();
    const row = csv.split('\r\n').find((line) => line.startsWith(`${ids.get(HOSPITALS)},`));
    expect(row).toContain(',organised-crime 1.00,');
    expect(row).not.toContain('cyberattack');

    const { objects } = await (await page.request.get('/api/v1/articles?format=stix')).json();
    const report = objects.find(
      ({ external_references: [, own] = [] }: StixObject) => own?.external_id === ids.get(HOSPITALS),
    );
    expect(report).toMatchObject({ labels: ['organised-crime'], confidence: 100 });
    const notes = objects.filter(
      ({ type, object_refs }: StixObject) => type === 'note' && object_refs?.includes(report.id),
    );
    expect(notes).toMatchObject([{ labels: ['organised-crime'], abstract: 'Organised crime, 100 %' }]);
  }));

interface StixObject {
  readonly type: string;
  readonly external_references?: readonly { readonly external_id?: string }[];
  readonly object_refs?: readonly string[];
}

test('one key rejects what an article is tagged with, and to withdraw brings it back', () =>
  working(async (page) => {
    await openArticle(page, RAIL);
    await page.keyboard.press('r');
    await page.getByText('None, says who judged it.').waitFor();
    await page.getByRole('button', { name: 'Withdraw the judgement on Sabotage' }).click();
    await page.getByRole('table', { name: 'Evidence for Sabotage' }).waitFor();
    await page.getByText('withdrawn by').waitFor();
  }));

test('without scripts everything can be done too', () =>
  working(
    async (page) => {
      await page.goto(ARTICLES_PATH);
      const search = page.getByRole('searchbox', { name: 'Search' });
      await search.fill('Carstairs');
      await search.press('Enter');
      await itemOf(page, OBITUARY).getByRole('heading').getByRole('link').click();
      await page.getByRole('button', { name: 'Right, no threat' }).click();
      await page.getByRole('region', { name: 'Judgements' }).waitFor();
      await page.goto(`${ARTICLES_PATH}?reviewed=yes`);
      await itemOf(page, OBITUARY).waitFor();
    },
    { javaScriptEnabled: false },
  ));
