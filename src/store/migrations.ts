/** The schema as numbered steps, each run once, in order, in one transaction. Steps that have landed never change. */
import type pg from 'pg';

/** Serialises processes that start together on one server: `pg_advisory_xact_lock` on "BELF" in ASCII. */
const MIGRATION_LOCK = 0x42454c46;

export const steps: readonly string[] = [
  `
CREATE TABLE feeds (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url           text NOT NULL UNIQUE,
  title         text,
  site          text,
  folder        text,
  language      text,
  country       text,
  -- 'list': from the OPML file, leaves with it; 'added': by command, stays until removed
  origin        text NOT NULL CHECK (origin IN ('list', 'added')),
  -- removed feeds stay as a row: their articles refer to it, and a removed feed of the list must not return with the next start
  removed_at    timestamptz,
  removed_by    text CHECK (removed_by IN ('list', 'operator')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  etag          text,
  last_modified text,
  last_poll_at    timestamptz,
  last_success_at timestamptz,
  last_new_at     timestamptz,
  next_poll_at    timestamptz NOT NULL DEFAULT now(),
  last_outcome  text,
  last_error    text,
  failures      integer NOT NULL DEFAULT 0
);

CREATE TABLE polls (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed_id     bigint NOT NULL REFERENCES feeds,
  -- the run that asked for it, where it was not the schedule
  run_id      text,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(),
  outcome     text NOT NULL,
  detail      text,
  items       integer NOT NULL DEFAULT 0,
  new_items   integer NOT NULL DEFAULT 0,
  changed_items integer NOT NULL DEFAULT 0,
  bytes       integer NOT NULL DEFAULT 0
);
CREATE INDEX polls_feed ON polls (feed_id, id DESC);
CREATE INDEX polls_run ON polls (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX polls_finished ON polls (finished_at);

-- The claim check: what travels between the stages, kept for some days so that it can be replayed.
CREATE TABLE pages (
  id            text PRIMARY KEY,          -- also the id of the article it becomes
  url           text,                      -- as the feed gave it; null for an entry without a link
  feed_id       bigint NOT NULL REFERENCES feeds,
  item          jsonb NOT NULL,            -- the entry as the feed gave it, for when the page can't be had
  revision      text NOT NULL,             -- fingerprint of the entry: another one means an edited article
  poll_id       bigint REFERENCES polls ON DELETE SET NULL,
  found_at      timestamptz NOT NULL DEFAULT now(),
  queued_at     timestamptz NOT NULL DEFAULT now(),
  fetched_at    timestamptz,
  fetch_outcome text,                      -- 'ok', or why the page can't be had
  fetch_detail  text,
  final_url     text,
  content_type  text,
  body          bytea,                     -- brotli
  body_bytes    integer,
  extracted_at  timestamptz,
  extract_outcome text,
  extract_detail text,
  draft         bytea,                     -- the extracted article, brotli JSON
  classified_at timestamptz,
  classification jsonb,
  finished_at   timestamptz,
  outcome       text                       -- null while it travels; 'stored', 'no-text', 'dead', …
);
CREATE INDEX pages_travelling ON pages (queued_at) WHERE outcome IS NULL;
CREATE INDEX pages_poll ON pages (poll_id);
CREATE INDEX pages_fetched ON pages (fetched_at);
CREATE INDEX pages_found ON pages (found_at);

-- Every entry ever seen of a feed, by its own id: dates decide nothing.
CREATE TABLE items (
  feed_id   bigint NOT NULL REFERENCES feeds,
  key       text NOT NULL,                 -- hash of the entry's id
  page_id   text NOT NULL,
  revision  text NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (feed_id, key)
);
CREATE INDEX items_page ON items (page_id);

CREATE TABLE articles (
  id            text PRIMARY KEY,
  url           text NOT NULL,
  canonical_url text,
  feed_id       bigint NOT NULL REFERENCES feeds,
  title         text NOT NULL,
  byline        text[] NOT NULL DEFAULT '{}',
  published_at  timestamptz,
  modified_at   timestamptz,
  language      text NOT NULL,
  section       text,
  image         text,
  text          text NOT NULL,
  html          text NOT NULL,
  excerpt       text,
  source        text NOT NULL CHECK (source IN ('page', 'feed')),
  source_reason text,                      -- why the feed's own text had to do
  method        text NOT NULL,
  fingerprint   text NOT NULL,
  version       integer NOT NULL DEFAULT 1,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  -- when it happened for a reader: the date it claims, or when it was first seen
  happened_at   timestamptz NOT NULL,
  search        tsvector NOT NULL
);
CREATE INDEX articles_happened ON articles (happened_at DESC, id DESC);
CREATE INDEX articles_language ON articles (language, happened_at DESC, id DESC);
CREATE INDEX articles_feed ON articles (feed_id, happened_at DESC, id DESC);
CREATE INDEX articles_search ON articles USING gin (search);

CREATE TABLE article_versions (
  article_id   text NOT NULL REFERENCES articles ON DELETE CASCADE,
  version      integer NOT NULL,
  title        text NOT NULL,
  text         text NOT NULL,
  byline       text[] NOT NULL,
  published_at timestamptz,
  replaced_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (article_id, version)
);

CREATE TABLE tags (
  article_id text NOT NULL REFERENCES articles ON DELETE CASCADE,
  type       text NOT NULL,
  score      real NOT NULL,
  evidence   jsonb NOT NULL CHECK (jsonb_array_length(evidence) > 0),
  origin     text NOT NULL,                -- which taxonomy and model said so
  happened_at timestamptz NOT NULL,        -- of the article, so that one index serves "latest of a type"
  PRIMARY KEY (article_id, type)
);
CREATE INDEX tags_type ON tags (type, happened_at DESC, article_id DESC);

-- Leases: advisory locks don't hold on the embedded database, whose connections share one session.
CREATE TABLE leases (
  name       text PRIMARY KEY,
  holder     text NOT NULL,
  expires_at timestamptz NOT NULL
);
`,
  `
-- The life of a feed beyond its list: how far its validators can be trusted, where it moves to, and when it is polled.
ALTER TABLE feeds
  ADD COLUMN body_hash text,               -- of the last answer with a body: an equal one brings nothing
  ADD COLUMN unchecked_polls integer NOT NULL DEFAULT 0, -- answers "not modified" since a full one was compared
  ADD COLUMN validators_trusted boolean NOT NULL DEFAULT true, -- false: it said "not modified" and had new entries
  ADD COLUMN moved_to text,                -- where its permanent redirects lead, while that is new
  ADD COLUMN moved_seen integer NOT NULL DEFAULT 0,
  ADD COLUMN former_url text,              -- the address that the list or the operator gave, once it has moved
  ADD COLUMN retired_at timestamptz,       -- not polled any more, though still followed; "feeds add" revives it
  ADD COLUMN retired_reason text,
  ADD COLUMN poll_minutes double precision CHECK (poll_minutes > 0), -- set by the operator: a fixed interval,
  ADD COLUMN poll_cron text;               -- or a cron expression; neither: as its rhythm asks
CREATE INDEX feeds_former ON feeds (former_url) WHERE former_url IS NOT NULL;

-- Host politeness (src/store/host-gates.ts). Times are milliseconds since 1970 by this server's clock.
CREATE TABLE host_gates (
  host          text PRIMARY KEY,
  next_start    double precision NOT NULL DEFAULT 0, -- nothing starts before this
  ordinary_tail double precision NOT NULL DEFAULT 0, -- the first start that is not promised to anyone, in each lane
  express_tail  double precision NOT NULL DEFAULT 0,
  slowdown      double precision NOT NULL DEFAULT 1, -- the spacing is multiplied by this: above 1 after 429 and 503
  mean_duration double precision NOT NULL DEFAULT 0, -- of its requests lately
  leases        jsonb NOT NULL DEFAULT '{}'          -- requests under way: lease, and when it ends by itself
);

CREATE FUNCTION host_gate_take(
  the_host text, the_lease text, lane text, ticket double precision, spacing double precision, margin double precision,
  lease_length double precision, places integer, longest_wait double precision,
  OUT wait double precision, OUT promised double precision, OUT held boolean
) LANGUAGE plpgsql AS $$
DECLARE
  gate host_gates;
  moment double precision := extract(epoch FROM clock_timestamp()) * 1000;
  running jsonb;
  is_full boolean;
  lane_tail double precision;
  slot_length double precision;
BEGIN
  wait := 0; promised := 0; held := false;
  IF ticket > moment THEN
    wait := ticket - moment; promised := ticket;
    RETURN;
  END IF;
  INSERT INTO host_gates (host) VALUES (the_host) ON CONFLICT DO NOTHING;
  SELECT * INTO gate FROM host_gates WHERE host = the_host FOR UPDATE;
  moment := extract(epoch FROM clock_timestamp()) * 1000;
  SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO running
    FROM jsonb_each(gate.leases) WHERE value::text::double precision > moment;
  is_full := (SELECT count(*) FROM jsonb_object_keys(running)) >= places;
  IF gate.next_start <= moment AND NOT is_full
    AND (ticket > 0 OR (gate.express_tail <= moment AND (lane = 'express' OR gate.ordinary_tail <= moment)))
  THEN
    UPDATE host_gates SET next_start = moment + spacing * slowdown,
      leases = running || jsonb_build_object(the_lease, moment + lease_length)
    WHERE host = the_host;
    RETURN;
  END IF;
  IF gate.next_start - moment > longest_wait THEN
    wait := gate.next_start - moment; held := true;
    RETURN;
  END IF;
  slot_length := greatest(spacing * gate.slowdown + margin, gate.mean_duration / places);
  IF ticket > 0 OR lane = 'express' THEN lane_tail := gate.express_tail; ELSE lane_tail := gate.ordinary_tail; END IF;
  promised := greatest(gate.next_start, lane_tail, moment + CASE WHEN is_full THEN slot_length ELSE 1 END);
  wait := promised - moment;
  IF wait > longest_wait THEN
    wait := longest_wait; promised := 0;
    RETURN;
  END IF;
  IF ticket > 0 OR lane = 'express'
    THEN UPDATE host_gates SET express_tail = promised + slot_length WHERE host = the_host;
    ELSE UPDATE host_gates SET ordinary_tail = promised + slot_length WHERE host = the_host;
  END IF;
END $$;

-- robots.txt of each origin, shared by all processes.
CREATE TABLE robots (
  origin     text PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('rules', 'unavailable', 'unreachable')),
  rules      text NOT NULL,
  fetched_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
`,
  // The rhythm of each feed, and the hubs that push.
  `
ALTER TABLE feeds
  ADD COLUMN rhythm jsonb,                     -- what polls and pushes have taught (src/feeds/rhythm.ts)
  ADD COLUMN claimed_rhythm jsonb,             -- what the feed itself says about when to come back
  ADD COLUMN next_poll_because text;           -- what decided next_poll_at

CREATE TABLE subscriptions (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed_id        bigint NOT NULL UNIQUE REFERENCES feeds,
  hub            text NOT NULL,
  topic          text NOT NULL,
  token          text NOT NULL UNIQUE,         -- last part of the callback's address
  callback       text NOT NULL,
  secret         text NOT NULL,                -- key of the hub's signatures
  state          text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'asked', 'active', 'denied', 'failed', 'ending')),
  pending_intent text CHECK (pending_intent IN ('subscribe', 'unsubscribe')),
  detail         text,                         -- why the hub denied or could not be asked
  attempts       integer NOT NULL DEFAULT 0,
  next_ask_at    timestamptz NOT NULL DEFAULT now(),
  asked_at       timestamptz,
  verified_at    timestamptz,
  lease_ends_at  timestamptz,
  last_push_at   timestamptz,
  missed_at      timestamptz                   -- a poll found what a push should have brought
);
CREATE INDEX subscriptions_due ON subscriptions (next_ask_at);
`,
  `
-- Jobs whose page was deleted: there is no row left that could say what became of them.
CREATE TABLE stray_jobs (
  page_id  text NOT NULL,
  stage    text NOT NULL,
  found_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (page_id, stage)
);
`,
  `
-- What machines said and what analysts said are kept apart; "tags" holds what counts, and every reader takes it from there.
ALTER TABLE tags RENAME TO machine_tags;
ALTER TABLE machine_tags RENAME CONSTRAINT tags_pkey TO machine_tags_pkey;
DROP INDEX tags_type;

CREATE TABLE judgements (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  article_id   text NOT NULL REFERENCES articles ON DELETE CASCADE,
  type         text NOT NULL,
  verdict      text NOT NULL CHECK (verdict IN ('is', 'is-not')),
  judged_by    text NOT NULL,
  judged_at    timestamptz NOT NULL DEFAULT now(),
  note         text,
  -- rows are never deleted: one that no longer counts says since when and through whom
  withdrawn_at timestamptz,
  withdrawn_by text
);
CREATE INDEX judgements_standing ON judgements (article_id, type, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX judgements_article ON judgements (article_id, id);

-- Where analysts disagree the latest judgement counts; once it is withdrawn the one before does again.
CREATE VIEW standing_judgements AS
  SELECT DISTINCT ON (article_id, type) article_id, type, id, verdict, judged_by, judged_at, note
  FROM judgements WHERE withdrawn_at IS NULL ORDER BY article_id, type, id DESC;

-- The one place that says what counts.
CREATE VIEW counting_tags AS
  SELECT a.id AS article_id, m.type, m.score, m.origin, a.happened_at, NULL::text AS judged_by, NULL::timestamptz AS judged_at
  FROM machine_tags m
  JOIN articles a ON a.id = m.article_id
  WHERE NOT EXISTS (
    SELECT FROM judgements j WHERE j.article_id = m.article_id AND j.type = m.type AND j.withdrawn_at IS NULL
  )
  UNION ALL
  SELECT a.id, s.type, 1::real, 'analyst:' || s.judged_by, a.happened_at, s.judged_by, s.judged_at
  FROM standing_judgements s
  JOIN articles a ON a.id = s.article_id
  WHERE s.verdict = 'is';

-- The same as a table, so that "latest of a type" is one index among 200,000 articles. Triggers alone write it.
CREATE TABLE tags (
  article_id  text NOT NULL REFERENCES articles ON DELETE CASCADE,
  type        text NOT NULL,
  score       real NOT NULL,
  origin      text NOT NULL,
  happened_at timestamptz NOT NULL,        -- of the article
  judged_by   text,
  judged_at   timestamptz,
  PRIMARY KEY (article_id, type)
);
INSERT INTO tags SELECT * FROM counting_tags;
CREATE INDEX tags_type ON tags (type, happened_at DESC, article_id DESC) INCLUDE (score);
CREATE INDEX tags_latest ON tags (happened_at DESC, article_id DESC) INCLUDE (type, score);

CREATE FUNCTION settle_tag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said record := coalesce(NEW, OLD);
BEGIN
  DELETE FROM tags WHERE article_id = said.article_id AND type = said.type;
  INSERT INTO tags SELECT * FROM counting_tags WHERE article_id = said.article_id AND type = said.type;
  RETURN NULL;
END
$$;
CREATE TRIGGER machine_tags_settle AFTER INSERT OR UPDATE OR DELETE ON machine_tags
  FOR EACH ROW EXECUTE FUNCTION settle_tag();
CREATE TRIGGER judgements_settle AFTER INSERT OR UPDATE OR DELETE ON judgements
  FOR EACH ROW EXECUTE FUNCTION settle_tag();

CREATE FUNCTION follow_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tags SET happened_at = NEW.happened_at WHERE article_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER articles_happened_at AFTER UPDATE OF happened_at ON articles
  FOR EACH ROW WHEN (OLD.happened_at IS DISTINCT FROM NEW.happened_at) EXECUTE FUNCTION follow_article();
`,
  `
-- Who may ask the server what. Only hashes are kept: a token is shown once, when it is made.
CREATE TABLE tokens (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text NOT NULL,
  hash         bytea NOT NULL UNIQUE,      -- SHA-256 of 32 random bytes: nothing to guess, so no slow hash is needed
  scopes       text[] NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at   timestamptz,
  revoked_at   timestamptz
);
-- Judgements carry the name of who made them: it must mean one token at a time.
CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at IS NULL;

CREATE TABLE sessions (
  hash       bytea PRIMARY KEY,
  token_id   bigint NOT NULL REFERENCES tokens ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);
`,
  `
-- A feed that its operator lets rest keeps its place in the list; a subscription whose feed names no hub any more ends.
ALTER TABLE feeds ADD COLUMN paused_at timestamptz;
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_state_check;
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_state_check
  CHECK (state IN ('new', 'asked', 'active', 'denied', 'failed', 'leaving', 'ending'));
`,
  `
-- What was judged by one press of a button, on one article or on many, is taken back by one.
ALTER TABLE judgements
  ADD COLUMN act text,                     -- the act that it was said in
  ADD COLUMN ended_by_act text;            -- the act that withdrew it
CREATE INDEX judgements_act ON judgements (act) WHERE act IS NOT NULL;
CREATE INDEX judgements_ended_by_act ON judgements (ended_by_act) WHERE ended_by_act IS NOT NULL;
`,
  `
-- Articles that tell the same story (src/store/stories.ts).
CREATE TABLE stories (
  id         text PRIMARY KEY,
  language   text NOT NULL,
  founded_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()), -- when its second article came: the list of stories is in this order
  began_at   timestamptz NOT NULL,               -- when its articles happened, first and last
  latest_at  timestamptz NOT NULL,
  articles   integer NOT NULL,
  sources    integer NOT NULL                    -- different hosts
);
CREATE INDEX stories_founded ON stories (founded_at DESC, id DESC);

CREATE TABLE story_signatures (
  article_id  text PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
  story_id    text REFERENCES stories,           -- null while nothing else tells it
  host        text NOT NULL,
  language    text NOT NULL,
  happened_at timestamptz NOT NULL,
  words       integer[] NOT NULL,                -- src/articles/story-signature.ts
  keys        integer[] NOT NULL
);
CREATE INDEX story_signatures_story ON story_signatures (story_id, happened_at) WHERE story_id IS NOT NULL;

-- Each signature's keys, to find candidates by. Rows of articles that are gone find nothing and are pruned by age.
CREATE TABLE story_keys (
  key         integer NOT NULL,
  happened_at timestamptz NOT NULL,
  article_id  text NOT NULL,
  PRIMARY KEY (key, happened_at, article_id)
);
`,
  `
-- What an article tells beside its threat types: actor, target, means, country and so on, each with the words that show it.
CREATE TABLE facets (
  article_id text NOT NULL REFERENCES articles ON DELETE CASCADE,
  facet      text NOT NULL,
  value      text NOT NULL,
  score      real NOT NULL,
  evidence   jsonb NOT NULL,
  PRIMARY KEY (article_id, facet, value)
);
`,
  `
-- What happened to articles, for those who listen (src/store/article-changes.ts). Triggers alone write it; a day is kept.
CREATE TABLE article_changes (
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(), -- numbers follow transactions' beginnings, not their ends: this says which have ended
  id         bigint GENERATED ALWAYS AS IDENTITY,
  article_id text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('added', 'edited', 'judged')),
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (xid, id)
);

CREATE FUNCTION note_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO article_changes (article_id, kind) VALUES (NEW.id, TG_ARGV[0]);
  RETURN NULL;
END
$$;
CREATE TRIGGER articles_note_added AFTER INSERT ON articles FOR EACH ROW EXECUTE FUNCTION note_article('added');
CREATE TRIGGER articles_note_edited AFTER UPDATE OF fingerprint ON articles
  FOR EACH ROW WHEN (OLD.fingerprint IS DISTINCT FROM NEW.fingerprint) EXECUTE FUNCTION note_article('edited');

CREATE FUNCTION note_judgements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO article_changes (article_id, kind) SELECT DISTINCT article_id, 'judged' FROM said;
  RETURN NULL;
END
$$;
CREATE TRIGGER judgements_note_added AFTER INSERT ON judgements
  REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION note_judgements();
CREATE TRIGGER judgements_note_changed AFTER UPDATE ON judgements
  REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION note_judgements();
`,
  `
-- Tags know all that lists ask of their article, so that a list of tagged articles reads nothing but one index of the tags.
ALTER TABLE tags ADD COLUMN feed_id bigint, ADD COLUMN language text;
UPDATE tags t SET feed_id = a.feed_id, language = a.language FROM articles a WHERE a.id = t.article_id;
ALTER TABLE tags ALTER COLUMN feed_id SET NOT NULL, ALTER COLUMN language SET NOT NULL;

CREATE OR REPLACE VIEW counting_tags AS
  SELECT a.id AS article_id, m.type, m.score, m.origin, a.happened_at, NULL::text AS judged_by, NULL::timestamptz AS judged_at,
    a.feed_id, a.language
  FROM machine_tags m
  JOIN articles a ON a.id = m.article_id
  WHERE NOT EXISTS (
    SELECT FROM judgements j WHERE j.article_id = m.article_id AND j.type = m.type AND j.withdrawn_at IS NULL
  )
  UNION ALL
  SELECT a.id, s.type, 1::real, 'analyst:' || s.judged_by, a.happened_at, s.judged_by, s.judged_at, a.feed_id, a.language
  FROM standing_judgements s
  JOIN articles a ON a.id = s.article_id
  WHERE s.verdict = 'is';

DROP INDEX tags_type, tags_latest;
CREATE INDEX tags_type ON tags (type, happened_at DESC, article_id DESC) INCLUDE (score, feed_id, language);
CREATE INDEX tags_latest ON tags (happened_at DESC, article_id DESC) INCLUDE (type, score, feed_id, language);

-- The articles that somebody has judged, for lists of them. Triggers alone write it.
CREATE TABLE judged_articles (
  article_id  text PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
  happened_at timestamptz NOT NULL,        -- of the article, like the others
  feed_id     bigint NOT NULL,
  language    text NOT NULL
);
INSERT INTO judged_articles SELECT id, happened_at, feed_id, language FROM articles a
  WHERE EXISTS (SELECT FROM judgements WHERE article_id = a.id AND withdrawn_at IS NULL);
CREATE INDEX judged_articles_latest ON judged_articles (happened_at DESC, article_id DESC) INCLUDE (feed_id, language);

CREATE FUNCTION settle_judged_article() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said record := coalesce(NEW, OLD);
BEGIN
  -- Who else withdraws a judgement of this article meanwhile is waited for, and seen.
  PERFORM FROM articles WHERE id = said.article_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM judgements WHERE article_id = said.article_id AND withdrawn_at IS NULL) THEN
    INSERT INTO judged_articles SELECT id, happened_at, feed_id, language FROM articles WHERE id = said.article_id
      ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM judged_articles WHERE article_id = said.article_id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER judgements_settle_article AFTER INSERT OR UPDATE OR DELETE ON judgements
  FOR EACH ROW EXECUTE FUNCTION settle_judged_article();

DROP TRIGGER articles_happened_at ON articles;
CREATE OR REPLACE FUNCTION follow_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tags SET happened_at = NEW.happened_at, feed_id = NEW.feed_id, language = NEW.language WHERE article_id = NEW.id;
  UPDATE judged_articles SET happened_at = NEW.happened_at, feed_id = NEW.feed_id, language = NEW.language
    WHERE article_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER articles_follow AFTER UPDATE OF happened_at, feed_id, language ON articles
  FOR EACH ROW WHEN ((OLD.happened_at, OLD.feed_id, OLD.language) IS DISTINCT FROM (NEW.happened_at, NEW.feed_id, NEW.language))
  EXECUTE FUNCTION follow_article();
`,
  `
-- What another model said of types whose score lay near their threshold. Like judgements these stand beside what the
-- classifier said ("machine_tags"), and no one's word overwrites another's.
CREATE TABLE second_opinions (
  article_id  text NOT NULL REFERENCES articles ON DELETE CASCADE,
  type        text NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('is', 'is-not')),
  said_by     text NOT NULL,
  said_at     timestamptz NOT NULL DEFAULT now(),
  quote       text,
  probability real,
  -- the first opinion, given as a tag or not
  score       real NOT NULL,
  threshold   real NOT NULL,
  origin      text NOT NULL,
  evidence    jsonb NOT NULL CHECK (jsonb_array_length(evidence) > 0),
  question    text NOT NULL,               -- fingerprint of what was asked
  PRIMARY KEY (article_id, type)
);

-- The classifier's tags, but for types on which there is a second opinion, which decides.
CREATE VIEW given_tags AS
  SELECT m.article_id, m.type, m.score, m.origin
  FROM machine_tags m
  WHERE NOT EXISTS (SELECT FROM second_opinions o WHERE o.article_id = m.article_id AND o.type = m.type)
  UNION ALL
  SELECT o.article_id, o.type, o.score, 'second-opinion:' || o.said_by
  FROM second_opinions o
  WHERE o.verdict = 'is';

CREATE OR REPLACE VIEW counting_tags AS
  SELECT a.id AS article_id, g.type, g.score, g.origin, a.happened_at, NULL::text AS judged_by, NULL::timestamptz AS judged_at,
    a.feed_id, a.language
  FROM given_tags g
  JOIN articles a ON a.id = g.article_id
  WHERE NOT EXISTS (
    SELECT FROM judgements j WHERE j.article_id = g.article_id AND j.type = g.type AND j.withdrawn_at IS NULL
  )
  UNION ALL
  SELECT a.id, s.type, 1::real, 'analyst:' || s.judged_by, a.happened_at, s.judged_by, s.judged_at, a.feed_id, a.language
  FROM standing_judgements s
  JOIN articles a ON a.id = s.article_id
  WHERE s.verdict = 'is';

CREATE TRIGGER second_opinions_settle AFTER INSERT OR UPDATE OR DELETE ON second_opinions
  FOR EACH ROW EXECUTE FUNCTION settle_tag();
`,
  `
-- Facets know all that lists ask of their article, as tags do; written anew, which is quicker than changing each and leaves no gaps.
CREATE TABLE facets_with_places AS
  SELECT f.article_id, f.facet, f.value, f.score, f.evidence, a.happened_at, a.feed_id, a.language
  FROM facets f JOIN articles a ON a.id = f.article_id;
DROP TABLE facets;
ALTER TABLE facets_with_places RENAME TO facets;
ALTER TABLE facets
  ALTER COLUMN article_id SET NOT NULL,
  ALTER COLUMN facet SET NOT NULL,
  ALTER COLUMN value SET NOT NULL,
  ALTER COLUMN score SET NOT NULL,
  ALTER COLUMN evidence SET NOT NULL,
  ALTER COLUMN happened_at SET NOT NULL,
  ALTER COLUMN feed_id SET NOT NULL,
  ALTER COLUMN language SET NOT NULL,
  ADD PRIMARY KEY (article_id, facet, value),
  ADD FOREIGN KEY (article_id) REFERENCES articles ON DELETE CASCADE;
CREATE INDEX facets_value ON facets (facet, value, happened_at DESC, article_id DESC) INCLUDE (feed_id, language);
-- Each value belongs to one facet: without knowing it, the planner takes lists by a value for far shorter than they are.
CREATE STATISTICS facets_values (mcv) ON facet, value FROM facets;

CREATE OR REPLACE FUNCTION follow_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tags SET happened_at = NEW.happened_at, feed_id = NEW.feed_id, language = NEW.language WHERE article_id = NEW.id;
  UPDATE judged_articles SET happened_at = NEW.happened_at, feed_id = NEW.feed_id, language = NEW.language
    WHERE article_id = NEW.id;
  UPDATE facets SET happened_at = NEW.happened_at, feed_id = NEW.feed_id, language = NEW.language WHERE article_id = NEW.id;
  RETURN NULL;
END
$$;

-- Lists that meet need copies that agree: who edits this article meanwhile is waited for, and seen.
CREATE OR REPLACE FUNCTION settle_tag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said record := coalesce(NEW, OLD);
BEGIN
  PERFORM FROM articles WHERE id = said.article_id FOR NO KEY UPDATE;
  DELETE FROM tags WHERE article_id = said.article_id AND type = said.type;
  INSERT INTO tags SELECT * FROM counting_tags WHERE article_id = said.article_id AND type = said.type;
  RETURN NULL;
END
$$;

-- What each feed has brought lately is counted off this alone.
CREATE INDEX articles_stored ON articles (stored_at DESC) INCLUDE (feed_id);
`,
];

/**
 * Runs `work` while no other process brings a schema of this database up to date.
 *
 * The lock is the session's and taken before any transaction begins: a transaction that waits inside itself goes on with what
 * PostgreSQL remembered before, that there is no such schema, and fails as it makes the one that the other made meanwhile.
 */
export async function onlyMigrator(client: pg.PoolClient, work: () => Promise<unknown>): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await work();
  } finally {
    // Without a connection there is no lock either, and the error of `work` says why.
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
  }
}

/** Brings Belfry's own schema up to date, in one transaction; called by one process at a time. */
export async function migrate(client: pg.PoolClient): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS belfry');
    await client.query(
      'CREATE TABLE IF NOT EXISTS belfry.migrations (step integer PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ done: number }>('SELECT count(*)::int AS done FROM belfry.migrations');
    const done = rows[0]?.done ?? 0;
    if (done > steps.length) {
      throw new Error(
        `the database was made by a newer Belfry (schema ${done}, this one knows ${steps.length}): update Belfry`,
      );
    }
    for (let step = done; step < steps.length; step++) {
      await client.query(steps[step] as string);
      await client.query('INSERT INTO belfry.migrations (step) VALUES ($1)', [step + 1]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
