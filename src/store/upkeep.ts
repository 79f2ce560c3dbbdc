/** What autovacuum does on a server: the embedded database has none. */
import type { Queryable } from './database.js';

/**
 * Frees the room of rows that are gone, marks pages that indexes may answer for alone, and tells the planner what the tables
 * hold. Table by table, so that others have their turn in between: 200,000 articles take some three seconds, twelve the
 * first time.
 */
export async function vacuumTables(database: Queryable): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname = ANY(current_schemas(false)) ORDER BY name`,
  );
  for (const { name } of rows) await database.query(`VACUUM (ANALYZE) ${name}`);
}
