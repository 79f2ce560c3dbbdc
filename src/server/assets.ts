/** The stylesheet, the scripts and the logo, read once; their addresses change with their content, so browsers keep them for good. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../paths.js';

const KEEP = 'public, max-age=31536000, immutable';
const HASH_HEX_DIGITS = 10;

export interface Asset {
  readonly address: string;
  readonly contentType: string;
  readonly body: string;
}

const own = (name: string): string => join(packageRoot, 'src', 'server', 'assets', name);
const { resolve: ofPackage } = createRequire(import.meta.url);

function asset(name: string, contentType: string, file = own(name)): Asset {
  const body = readFileSync(file, 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, HASH_HEX_DIGITS);
  return { address: `/assets/${name.replace('.', `-${hash}.`)}`, contentType, body };
}

const style = (name: string, file?: string): Asset => asset(name, 'text/css; charset=utf-8', file);
const script = (name: string, file?: string): Asset => asset(name, 'text/javascript; charset=utf-8', file);
export const stylesheet = style('belfry.css');
/** What the other scripts say, in the language of the page: it comes first. */
export const wordsScript = script('words.js');
/** One key presses one control. */
export const keysScript = script('keys.js');
/** Copies the citation, and goes back to the list where it was left. */
export const articleScript = script('article.js');
/** The list by keyboard, and on and on. */
export const listScript = script('list.js');
/** Says that articles have come to the list. */
export const liveScript = script('live.js');
/** uPlot, which draws the overview's charts. */
export const chartScript = script('uplot.js', ofPackage('uplot/dist/uPlot.iife.min.js'));
export const chartStylesheet = style('uplot.css', ofPackage('uplot/dist/uPlot.min.css'));
/** Looks closer at a period of the charts. */
export const overviewScript = script('overview.js');
export const logo = asset('belfry.svg', 'image/svg+xml');

const served = [
  stylesheet,
  logo,
  wordsScript,
  keysScript,
  articleScript,
  listScript,
  liveScript,
  chartScript,
  chartStylesheet,
  overviewScript,
];

export function serveAssets(app: FastifyInstance): void {
  for (const { address, contentType, body } of served) {
    app.get(address, { config: { access: 'public' } }, (_request, reply) =>
      reply.header('cache-control', KEEP).type(contentType).send(body),
    );
  }
  // Browsers ask for it by themselves where a page names no icon, such as when they show bare JSON.
  app.get('/favicon.ico', { config: { access: 'public' } }, (_request, reply) => reply.redirect(logo.address));
}
