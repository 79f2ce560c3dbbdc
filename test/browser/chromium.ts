/** The Chromium that is installed on this machine, and pages in it that remember what went wrong in them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Names that distributions and Google give it. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
/** Longer than any page takes on a busy machine, shorter than a test. */
const PATIENCE_MILLISECONDS = 30_000;

/** As wide as most laptops, and as narrow as the phones that the pages promise to be usable on. */
export const LAPTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** @throws Error where no Chromium is installed: nothing is ever downloaded. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: installedChromium(), args: ['--disable-gpu'] });
}

function installedChromium(): string {
  const { BELFRY_CHROMIUM: named, PATH = '' } = process.env;
  if (named) return named;
  const candidates = PATH.split(delimiter).flatMap((folder) => PROGRAMS.map((program) => join(folder, program)));
  const found = candidates.find(isExecutable);
  if (found === undefined) {
    throw new Error(
      `No ${PROGRAMS.join(', ')} on PATH: install one ("apt-get install chromium") or set BELFRY_CHROMIUM.`,
    );
  }
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface OpenPage {
  readonly page: Page;
  /** What scripts threw and what the browser logged as errors, such as a refusal by the content security policy. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A page of a visitor of its own, who has no cookies yet. */
export async function openPage(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ baseURL, viewport: LAPTOP, ...options });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}
