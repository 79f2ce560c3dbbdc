/** One address, one identity: what two spellings of the same page's address have in common. */

/**
 * An address from outside in its canonical spelling, made absolute where there is a base; undefined for what is not on the
 * web, such as `javascript:`.
 */
export function webAddress(address: string | null, base?: string): string | undefined {
  if (address === null || !URL.canParse(address, base)) return undefined;
  const { protocol, href } = new URL(address, base);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/** Query parameters that say where a reader came from, never which page is meant. */
const TRACKING_PARAMETERS: readonly RegExp[] = [
  /^utm_/,
  /^at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)$/,
  /^(?:mtm|matomo|piwik|pk|hsa|oly|vero|wicked|ns)_/,
  /^(?:fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|li_fat_id|mkt_tok)$/,
  /^(?:mc_cid|mc_eid|_hsenc|_hsmi|__hstc|__hsfp|hsctatracking|wt_mc|wt\.mc_id|cmpid|icid|ocid|ncid|xtor|xtref|intcmp)$/,
  /^(?:s_cid|sr_share|smid|smtyp|srnd|sref|rss|feature|ref_src|ref_url|__twitter_impression|guccounter|guce_\w+)$/,
  /^(?:echobox|fb_action_\w+|fb_ref|fb_source|action_object_map|action_type_map|cn-track|campaign_id|soc_src|soc_trk)$/,
];

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * The identity of a page's address: host in lower case and without `www.`, no default port, fragment, tracking
 * parameters, trailing slash or user name; parameters in a fixed order; http and https are one.
 *
 * Two addresses with one identity are one page; keep the original to fetch and to show. Null for what is not an http
 * address.
 */
export function normaliseUrl(address: string): string | null {
  let url: URL;
  try {
    url = new URL(address.trim());
  } catch {
    return null;
  }
  const defaultPort = defaultPorts[url.protocol];
  if (defaultPort === undefined || url.hostname === '') return null;

  const host = url.hostname.replace(/\.$/, '').replace(/^www\.(?=[^.]+\.)/, '');
  const isDefaultPort = url.port === '' || Object.values(defaultPorts).includes(url.port);
  const port = isDefaultPort ? '' : `:${url.port}`;
  return `https://${host}${port}${normalisePath(url.pathname)}${normaliseQuery(url.searchParams)}`;
}

/** The host without `www.`, as people name a source; what is no address stays as it is. */
export const hostName = (url: string): string =>
  URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : url;

function normalisePath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/');
  // RFC 3986, 6.2.2.2: an escape of a character that needs none says the same as the character.
  const unescaped = single.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase();
  });
  return unescaped.length > 1 ? unescaped.replace(/\/$/, '') : '';
}

function normaliseQuery(parameters: URLSearchParams): string {
  const kept = [...parameters].filter(([name]) => !isTracking(name));
  if (kept.length === 0) return '';
  // Stable in the value order of one name, which may carry meaning (a=1&a=2).
  kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `?${new URLSearchParams(kept)}`;
}

function isTracking(name: string): boolean {
  const lower = name.toLowerCase();
  return TRACKING_PARAMETERS.some((pattern) => pattern.test(lower));
}
