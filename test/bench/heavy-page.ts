/** Pages as heavy as those of newspapers: a short article in a hundred kilobytes of what surrounds it. */
import { articlePage } from '../support/synthetic-site.js';

const TEASERS = 120;
const STYLE_RULES = 300;
const SCRIPT_LINES = 400;

/** The article `index` of the synthetic site with styles, scripts, drawings, menus and teasers around it. */
export function heavyPage(index: number): string {
  const rules = repeat(STYLE_RULES, (n) => `.card-${n} > .title:hover{color:#${(n * 37) % 1000};margin:${n % 9}px}`);
  const script = repeat(SCRIPT_LINES, (n) => `window.state.push({id:${n},seen:false,slot:"side-${n % 7}"});`);
  const teasers = repeat(
    TEASERS,
    (n) =>
      `<li class="card-${n}"><a href="/article/${n}"><svg viewBox="0 0 9 9"><path d="M${n} 1h7v7z"/></svg><span class="title">Also read piece ${n}</span></a><p>Two lines about it, <time>10:${10 + (n % 50)}</time></p></li>`,
  );
  return articlePage(index)
    .replace('</head>', () => `<style>${rules}</style><script>window.state=[];${script}</script></head>`)
    .replace('<footer>', () => `<aside><h2>More</h2><ul>${teasers}</ul></aside><script>${script}</script><footer>`);
}

const repeat = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');
