/** Where feeds are shown and changed, and the fields of their forms: for the pages that make them and the handlers that read them. */
export const FEEDS_PATH = '/feeds';
export const IMPORT_PATH = '/feeds/import';
export const EXPORT_PATH = '/feeds/export.opml';

/** @param id of a feed, or the router's parameter */
export const feedPath = (id: number | ':id'): string => `${FEEDS_PATH}/${id}`;

export const feedFields = {
  address: 'address',
  folder: 'folder',
  site: 'site',
  chosen: 'chosen',
  list: 'list',
  action: 'action',
  plan: 'plan',
  every: 'every',
  cron: 'cron',
} as const;
