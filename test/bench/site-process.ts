/** The site that the chain reads, in a process of its own: its work and memory are not those of what is measured. */
import { startSyntheticSite } from '../support/synthetic-site.js';

export interface SiteMessage {
  readonly feeds: readonly string[];
}

const [feeds, items] = process.argv.slice(2).map(Number) as [number, number];
const site = await startSyntheticSite({ feeds, items });
process.send?.({ feeds: site.feeds } satisfies SiteMessage);
process.once('disconnect', () => process.exit());
