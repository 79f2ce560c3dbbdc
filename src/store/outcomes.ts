/** How things ended lately, counted from the rows themselves: right whichever process did the work. */
import type { Queryable } from './database.js';

export interface OutcomeCount {
  /** `poll`, `fetch` (of pages), `extract`, or `page` (how the journey ended). */
  readonly what: 'poll' | 'fetch' | 'extract' | 'page';
  readonly outcome: string;
  readonly count: number;
}

/** Outcomes of the last 24 hours. */
export async function recentOutcomes(database: Queryable): Promise<OutcomeCount[]> {
  const { rows } = await database.query<OutcomeCount>(
    `SELECT 'poll' AS what, outcome, count(*)::int FROM polls WHERE finished_at > now() - interval '24 hours' GROUP BY outcome
     UNION ALL
     SELECT 'fetch', fetch_outcome, count(*)::int FROM pages WHERE fetched_at > now() - interval '24 hours' GROUP BY fetch_outcome
     UNION ALL
     SELECT 'extract', extract_outcome, count(*)::int FROM pages
       WHERE fetched_at > now() - interval '24 hours' AND extract_outcome IS NOT NULL GROUP BY extract_outcome
     UNION ALL
     SELECT 'page', coalesce(outcome, 'on its way'), count(*)::int FROM pages WHERE found_at > now() - interval '24 hours' GROUP BY outcome
     UNION ALL
     SELECT 'page', 'page-gone', count(*)::int FROM stray_jobs WHERE found_at > now() - interval '24 hours' HAVING count(*) > 0
     ORDER BY 1, 3 DESC`,
  );
  return rows;
}
