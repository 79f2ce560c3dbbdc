/** At the desk: a closer look at the charts, lists by country, news as it comes, many articles at once, and all of it by keyboard. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ARTICLES_PATH } from '../../src/outputs/list-name.js';
import { eventually } from '../support/belfry.js';
import { type SmallPaper, startSmallPaper } from '../support/small-paper.js';
import { launchChromium, openPage, PHONE } from './chromium.js';
import { type Dashboard, follow, openEmptyDashboard, storedArticles } from './workplace.js';

const READING_SECONDS = 120;

const depot = [
  'Unknown men set fire to four signal boxes beside a rail depot near Antwerp in Belgium during the night, and the prosecutor calls it sabotage. Trains to the harbour stood still until noon.',
  'Investigators found the remains of petrol bottles and a cut fence. They suspect that the arson was planned for weeks, for the boxes stand far apart and burned within the same minute.',
  'The railway says that cables over a length of ninety metres have to be replaced, and asks travellers to stay at home on Monday. Nobody was hurt.',
];
const LATE = 'spy-arrested';
const [DEPOT, RETOLD, HOSPITAL] = ['depot-fire', 'depot-fire-retold', 'hospital-locked'];

let paper: SmallPaper;
let dashboard: Dashboard;
let browser: Browser;

const stored = async (names: readonly string[]): Promise<void> => {
  await follow(
    dashboard,
    names.map((name) => paper.feedOf(name)),
  );
  await eventually(async () => {
    const urls = (await storedArticles(dashboard)).map(({ url }) => url);
    return names.every((name) => urls.some((url) => url.endsWith(`/article/${name}`)));
  }, READING_SECONDS);
};

beforeAll(async () => {
  [dashboard, browser, paper] = await Promise.all([
    openEmptyDashboard(),
    launchChromium(),
    startSmallPaper([
      {
        name: LATE,
        title: 'Clerk in Belgium arrested as a spy',
        paragraphs: [
          'A clerk of the ministry in Brussels was arrested on suspicion of espionage for a foreign intelligence service, the prosecutor of Belgium said on Sunday. He is said to have copied secret files for two years.',
          'Counter-intelligence officers had followed the spy to meetings in a park, where he handed over documents for money. His lawyer says that he denies everything.',
        ],
      },
      { name: DEPOT, title: 'Arson at a rail depot in Belgium is called sabotage', paragraphs: depot },
      { name: RETOLD, title: 'Arson at a rail depot in Belgium called sabotage by prosecutor', paragraphs: depot },
      {
        name: HOSPITAL,
        title: 'Ransomware locks the computers of a hospital in France',
        paragraphs: [
          'A hospital in Lille has been working with paper and pencil since hackers locked its computers with ransomware and demanded a ransom. The cyberattack hit the servers of the laboratory first.',
          'The national agency for cyber security in France has sent a team. Patients with appointments are asked to ring before they come, and ambulances drive to other houses.',
        ],
      },
    ]),
  ]);
  await stored([DEPOT, RETOLD, HOSPITAL]);
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  await paper?.close();
});

/** Nothing may go wrong in a page while somebody works with it. */
async function working(work: (page: Page) => Promise<void>, options?: Parameters<typeof openPage>[2]): Promise<void> {
  const { page, complaints, close } = await openPage(browser, dashboard.url, options);
  try {
    await work(page);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
}

const results = (page: Page) => page.getByRole('region', { name: 'Results' });
const items = (page: Page) => results(page).getByRole('article');
/** Without what marks say to those who listen. */
const titles = async (page: Page): Promise<readonly string[]> =>
  Promise.all((await items(page).getByRole('heading').all()).map((heading) => heading.evaluate(titleIn)));

function titleIn(heading: Element): string {
  const copy = heading.cloneNode(true) as Element;
  for (const spoken of copy.querySelectorAll('.spoken')) spoken.remove();
  return (copy.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

test('dragging over a chart looks closer in all of them, the address and all links say so, and Escape goes back', () =>
  working(async (page) => {
    await page.goto('/');
    const charts = page.locator('.multiples .u-over');
    await charts.first().scrollIntoViewIfNeeded();
    const all = await page.locator('.plot').first().getAttribute('data-counts');
    const box = await charts.first().boundingBox();
    if (!box) throw new Error('no chart is drawn');
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 2, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, middle, { steps: 4 });
    await page.mouse.move(box.x + box.width - 1, middle, { steps: 4 });
    // The same stretch is marked in every chart.
    const marked = await page.locator('.u-select').evaluateAll((all) => all.map(({ clientWidth }) => clientWidth));
    expect(new Set(marked).size).toBe(1);
    expect(marked[0]).toBeGreaterThan(box.width / 3);
    await page.mouse.up();
    await page.waitForURL(/\?from=.*&to=/);
    const { search } = new URL(page.url());
    await page.getByRole('heading', { name: /^Articles a day, \d+ \w+ \d{4} to / }).waitFor();
    const counts = await page
      .locator('.plot')
      .evaluateAll((plots) => plots.map((plot) => plot.getAttribute('data-counts')?.split(' ').length));
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeLessThan((all ?? '').split(' ').length);
    const link = page.locator('.multiples').getByRole('link', { name: 'Sabotage' });
    expect(await link.getAttribute('href')).toBe(`${ARTICLES_PATH}?type=sabotage&${search.slice(1)}`);
    expect(await page.getByLabel('From').inputValue()).toBe(new URLSearchParams(search).get('from'));

    // Held down, it goes back once.
    const places = await page.evaluate(() => history.length);
    for (let press = 0; press < 3; press++) await page.keyboard.down('Escape');
    await page.keyboard.up('Escape');
    await page.getByRole('heading', { name: 'Articles a day, last 13 weeks' }).waitFor();
    expect(await page.evaluate(() => history.length)).toBe(places + 1);
    expect(new URL(page.url()).search).toBe('');
    await page.goBack();
    await page.getByRole('button', { name: 'Show' }).waitFor();
    expect(new URL(page.url()).search).toBe(search);
    await page.getByRole('link', { name: 'Whole period' }).click();
    await page.getByRole('heading', { name: 'Articles a day, last 13 weeks' }).waitFor();
  }));

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Fingers on the screen, each from one point to another, through everything that a browser makes of touches. */
async function touch(phone: CDPSession, fingers: readonly { readonly from: Point; readonly to: Point }[]) {
  const steps = 10;
  const after = (step: number) =>
    fingers.map(({ from, to }, id) => ({
      id,
      x: from.x + ((to.x - from.x) * step) / steps,
      y: from.y + ((to.y - from.y) * step) / steps,
    }));
  for (const [down] of fingers.entries()) {
    await phone.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: after(0).slice(0, down + 1) });
  }
  for (let step = 1; step <= steps; step++) {
    await phone.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: after(step) });
  }
  return { lift: () => phone.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] }) };
}

test('on a phone a finger that goes sideways over a chart looks closer; up and down it scrolls, and two zoom', () =>
  working(
    async (page) => {
      await page.goto('/');
      const phone = await page.context().newCDPSession(page);
      const chart = page.locator('.multiples .u-over').nth(1);
      const centre = async () => {
        await chart.evaluate((element) => element.scrollIntoView({ block: 'center', behavior: 'instant' }));
        const box = await chart.boundingBox();
        if (!box) throw new Error('no chart is drawn');
        return { ...box, middle: { x: box.x + box.width / 2, y: box.y + box.height / 2 } };
      };
      const marked = () => page.locator('.u-select').evaluateAll((all) => all.map(({ clientWidth }) => clientWidth));
      const scrolled = () => page.evaluate(() => scrollY);
      const { middle, x, width } = await centre();
      const before = await scrolled();

      const swipe = await touch(phone, [{ from: middle, to: { x: middle.x + 6, y: middle.y - 200 } }]);
      await swipe.lift();
      await eventually(async () => (await scrolled()) > before + 100);
      // It goes on for a while when the finger is gone.
      await eventually(async () => {
        const then = await scrolled();
        await page.waitForTimeout(100);
        return then === (await scrolled());
      });
      expect(new Set(await marked())).toEqual(new Set([0]));

      const { middle: start, y } = await centre();
      const rested = await scrolled();
      const drag = await touch(phone, [{ from: start, to: { x: x + width + 40, y: start.y - 30 } }]);
      const widths = await marked();
      expect(new Set(widths).size).toBe(1);
      expect(widths[0]).toBeGreaterThan(width / 3);
      expect(await scrolled()).toBe(rested);
      expect((await chart.boundingBox())?.y).toBe(y);
      await drag.lift();
      await page.waitForURL(/\?from=.*&to=/);
      await page.getByRole('heading', { name: /^Articles a day, \d+ \w+ \d{4} to / }).waitFor();
      await page.getByRole('link', { name: 'Whole period' }).tap();
      await page.getByRole('heading', { name: 'Articles a day, last 13 weeks' }).waitFor();

      const { middle: between } = await centre();
      const pinch = await touch(phone, [
        { from: { ...between, x: between.x - 20 }, to: { ...between, x: 20 } },
        { from: { ...between, x: between.x + 20 }, to: { ...between, x: PHONE.width - 20 } },
      ]);
      await pinch.lift();
      await eventually(async () => (await page.evaluate(() => visualViewport?.scale ?? 1)) > 1.5);
      expect(new Set(await marked())).toEqual(new Set([0]));
      expect(new URL(page.url()).search).toBe('');
    },
    { viewport: PHONE, hasTouch: true, isMobile: true },
  ));

test('without scripts a period is chosen by its days, and drawn', () =>
  working(
    async (page) => {
      await page.goto('/');
      const to = await page.getByLabel('To').inputValue();
      const from = `${to.slice(0, 8)}01`;
      await page.getByLabel('From').fill(from);
      await page.getByRole('button', { name: 'Show' }).click();
      await page.waitForURL(`**/?from=${from}&to=${to}`);
      expect(await page.locator('.plot svg').first().isVisible()).toBe(true);
      expect(await page.getByText('Drag over a chart').isVisible()).toBe(false);
    },
    { javaScriptEnabled: false },
  ));

test('a list of one country shows what tells of it, and the article leads back to that list', () =>
  working(async (page) => {
    await page.goto(ARTICLES_PATH);
    await page.getByLabel('Country').selectOption({ label: 'France' });
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(`**${ARTICLES_PATH}?country=france`);
    expect(await titles(page)).toEqual(['Ransomware locks the computers of a hospital in France']);
    await page.getByRole('link', { name: 'Remove filter Country: France' }).waitFor();
    await items(page).getByRole('heading').getByRole('link').click();
    const facets = page.getByRole('region', { name: 'What it tells' });
    await facets.getByRole('link', { name: 'France' }).click();
    await page.waitForURL(`**${ARTICLES_PATH}?country=france`);
  }));

test('the same story elsewhere is named in the list and beside the article', () =>
  working(async (page) => {
    await page.goto(`${ARTICLES_PATH}?q=called`);
    const [first = '', second = ''] = await titles(page);
    await items(page).first().getByRole('link', { name: 'and 1 more article' }).click();
    const story = page.getByRole('region', { name: 'The same story elsewhere' });
    expect(await story.getByRole('link').allTextContents()).toEqual([second]);
    await story.getByRole('link', { name: second }).click();
    await story.getByRole('link', { name: first }).waitFor();
  }));

test('many are accepted or rejected at once, and one press undoes it', () =>
  working(async (page) => {
    await page.goto(`${ARTICLES_PATH}?type=sabotage`);
    const before = await titles(page);
    await page.getByLabel('All shown').check();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: /^Reject as Sabotage/ }).click();
    await page.getByText('2 articles rejected.').first().waitFor();
    expect(await items(page).count()).toBe(0);
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText('Undone: 2 articles are as before.').first().waitFor();
    expect(await titles(page)).toEqual(before);

    await page.getByLabel('All shown').check();
    await page.getByRole('button', { name: /^Accept as Sabotage/ }).click();
    await page.getByText('2 articles accepted.').first().waitFor();
    await page.goto(`${ARTICLES_PATH}?reviewed=yes`);
    expect(await titles(page)).toEqual(before);
  }));

test('keys go through the list, open, come back, select, judge and undo; turned off, they do nothing', () =>
  working(async (page) => {
    await page.goto(ARTICLES_PATH);
    const [first = '', second = ''] = await titles(page);
    const focused = page.locator('#articles > li:has(:focus) h2');
    await page.keyboard.press('j');
    expect(await focused.evaluate(titleIn)).toBe(first);
    await page.keyboard.press('j');
    expect(await focused.evaluate(titleIn)).toBe(second);
    await page.keyboard.press('o');
    await page.waitForURL(/\/articles\/\w+$/);
    const address = page.url();
    const read = page.getByRole('heading', { level: 1 });
    expect(await read.evaluate(titleIn)).toBe(second);
    await page.keyboard.press('k');
    await page.waitForURL((url) => url.href !== address);
    expect(await read.evaluate(titleIn)).toBe(first);
    await page.keyboard.press('l');
    await focused.waitFor();
    expect(await focused.evaluate(titleIn)).toBe(first);

    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('X');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('r');
    await page.getByText('2 articles rejected.').first().waitFor();
    await page.keyboard.press('u');
    await page.getByText('Undone: 2 articles are as before.').first().waitFor();

    await page.getByLabel('Use single keys').uncheck();
    const { href } = new URL(page.url());
    for (const key of ['j', 'x', 'a', 'o']) await page.keyboard.press(key);
    expect(await page.getByText('1 selected').count()).toBe(0);
    expect(page.url()).toBe(href);
  }));

test('an article that comes in is counted without a reload, and shown at a press', () =>
  working(async (page) => {
    await page.goto(`${ARTICLES_PATH}?country=belgium`);
    const before = await items(page).count();
    await stored([LATE]);
    const news = page.getByRole('button', { name: '1 new article' });
    await news.waitFor();
    // What one reads has not moved.
    expect(await items(page).count()).toBe(before);
    await news.click();
    await items(page).nth(before).waitFor();
    expect((await titles(page))[0]).toBe('Clerk in Belgium arrested as a spy');
    await results(page)
      .getByText(`${before + 1} articles`)
      .waitFor();
    expect(await news.count()).toBe(0);
  }));

test('the pages read in the language of the browser, or in the one that is chosen, scripts and all', () =>
  working(
    async (page) => {
      await page.goto(ARTICLES_PATH);
      expect(await page.locator('html').getAttribute('lang')).toBe('nl');
      await page.getByLabel('Alle getoonde').check();
      await page.getByText(/^\d geselecteerd$/).waitFor();
      await page.getByRole('button', { name: 'français' }).click();
      await page.locator('html[lang=fr]').waitFor();
      expect(new URL(page.url()).pathname).toBe(ARTICLES_PATH);
      await page.getByLabel('Pays').selectOption({ label: 'Belgique' });
      await page.getByRole('button', { name: 'Afficher' }).click();
      await page.getByRole('link', { name: 'Retirer le filtre Pays : Belgique' }).waitFor();
      await page.goto('/');
      await page.getByText(/^Faites glisser sur un graphique/).waitFor();
    },
    { locale: 'nl-BE' },
  ));
