-- The tables as a hub left them whose last migration was 0009, with a few rows. Made once with pg_dump; never edited.
CREATE FUNCTION crossrefs_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'lianhub'
    AS $$
begin
  insert into crossref_tables as t (name) select distinct name from changed order by name
  on conflict (name) do update set version = t.version + 1;
  return null;
end $$;
CREATE TABLE changes (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    origin jsonb NOT NULL,
    patch jsonb NOT NULL,
    conflicts jsonb,
    mapping_version text
)
PARTITION BY RANGE (at);
CREATE TABLE changes_20260105 (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL,
    origin jsonb NOT NULL,
    patch jsonb NOT NULL,
    conflicts jsonb,
    mapping_version text
);
CREATE TABLE connections (
    id text NOT NULL,
    connector text NOT NULL,
    config jsonb NOT NULL,
    secrets bytea,
    mode text NOT NULL,
    paused_until timestamp with time zone,
    paused_reason text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT connections_mode_check CHECK ((mode = ANY (ARRAY['observe'::text, 'shadow'::text, 'live'::text])))
);
CREATE TABLE crossref_tables (
    name text NOT NULL,
    key_columns text[] DEFAULT '{key}'::text[] NOT NULL,
    value_columns text[] DEFAULT '{value}'::text[] NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);
CREATE TABLE crossrefs (
    name text NOT NULL,
    connection text DEFAULT ''::text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    valid_from date DEFAULT '0001-01-01'::date NOT NULL,
    valid_to date,
    author text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    more jsonb DEFAULT '{}'::jsonb NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    removed_at timestamp with time zone,
    removed_by text
);
CREATE TABLE cursors (
    connection text NOT NULL,
    object text NOT NULL,
    cursor jsonb,
    interval_ms integer NOT NULL,
    due_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    covered_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    error_code text,
    error text
);
CREATE TABLE derivation_groups (
    rule text NOT NULL,
    group_key text NOT NULL,
    fields jsonb NOT NULL,
    lane text NOT NULL,
    state text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    error_code text,
    error text,
    source_id uuid,
    decision text,
    decided_by text,
    CONSTRAINT derivation_groups_decision_check CHECK ((decision = ANY (ARRAY['post'::text, 'leave'::text]))),
    CONSTRAINT derivation_groups_state_check CHECK ((state = ANY (ARRAY['due'::text, 'done'::text, 'parked'::text])))
);
CREATE TABLE derivations (
    rule text NOT NULL,
    group_key text NOT NULL,
    source_id uuid NOT NULL,
    source_version bigint NOT NULL,
    share jsonb,
    part integer,
    earlier jsonb
);
CREATE TABLE derived (
    rule text NOT NULL,
    group_key text NOT NULL,
    part integer NOT NULL,
    record_id uuid NOT NULL,
    left_by text
);
CREATE TABLE events (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    type text NOT NULL,
    entity text NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL
)
PARTITION BY RANGE (at);
CREATE TABLE events_20260105 (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    type text NOT NULL,
    entity text NOT NULL,
    record_id uuid NOT NULL,
    version bigint NOT NULL
);
ALTER TABLE events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE identities (
    entity text NOT NULL,
    kind text NOT NULL,
    scope text NOT NULL,
    value text NOT NULL,
    record_id uuid NOT NULL,
    strength text NOT NULL,
    CONSTRAINT identities_strength_check CHECK ((strength = ANY (ARRAY['strong'::text, 'weak'::text])))
);
CREATE TABLE inbox (
    id bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    connection text NOT NULL,
    object text NOT NULL,
    remote_id text NOT NULL,
    via text NOT NULL,
    revision text,
    body bytea,
    hint jsonb,
    lane text NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    error_code text,
    error text,
    record_id uuid,
    finished_at timestamp with time zone,
    read_at timestamp with time zone,
    CONSTRAINT inbox_state_check CHECK ((state = ANY (ARRAY['due'::text, 'waiting'::text, 'done'::text, 'dropped'::text, 'dead'::text]))),
    CONSTRAINT inbox_via_check CHECK ((via = ANY (ARRAY['webhook'::text, 'poll'::text, 'answer'::text])))
)
PARTITION BY RANGE (received_at);
CREATE TABLE inbox_20260105 (
    id bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    connection text NOT NULL,
    object text NOT NULL,
    remote_id text NOT NULL,
    via text NOT NULL,
    revision text,
    body bytea,
    hint jsonb,
    lane text NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    error_code text,
    error text,
    record_id uuid,
    finished_at timestamp with time zone,
    read_at timestamp with time zone,
    CONSTRAINT inbox_state_check CHECK ((state = ANY (ARRAY['due'::text, 'waiting'::text, 'done'::text, 'dropped'::text, 'dead'::text]))),
    CONSTRAINT inbox_via_check CHECK ((via = ANY (ARRAY['webhook'::text, 'poll'::text, 'answer'::text])))
);
ALTER TABLE inbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE lanes (
    lane text NOT NULL,
    kind text NOT NULL,
    rings bigint DEFAULT 0 NOT NULL,
    holder uuid,
    epoch bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone
);
CREATE TABLE links (
    id uuid NOT NULL,
    record_id uuid NOT NULL,
    entity text NOT NULL,
    connection text NOT NULL,
    object text NOT NULL,
    origin boolean DEFAULT false NOT NULL,
    remote_id text,
    remote_number text,
    remote_status text,
    step text,
    state text NOT NULL,
    lane text NOT NULL,
    priority smallint DEFAULT 5 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    seen_revision text,
    seen_hash text,
    dirty_since timestamp with time zone,
    pushed_version bigint,
    error_code text,
    error text,
    marks bigint DEFAULT 0 NOT NULL,
    written_at timestamp with time zone,
    CONSTRAINT links_state_check CHECK ((state = ANY (ARRAY['idle'::text, 'due'::text, 'waiting'::text, 'unknown'::text, 'parked'::text])))
)
WITH (fillfactor='70');
CREATE TABLE mapping_activations (
    id bigint NOT NULL,
    name text NOT NULL,
    version text,
    replaces text,
    file_version text,
    author text NOT NULL,
    note text,
    at timestamp with time zone DEFAULT now() NOT NULL,
    per_second double precision NOT NULL,
    scanned_to uuid,
    marked bigint DEFAULT 0 NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT mapping_activations_per_second_check CHECK ((per_second > (0)::double precision))
);
ALTER TABLE mapping_activations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME mapping_activations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE mappings (
    name text NOT NULL,
    version text NOT NULL,
    content text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    author text,
    note text,
    bases jsonb DEFAULT '{}'::jsonb NOT NULL
);
CREATE TABLE migrations (
    id text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE records (
    id uuid NOT NULL,
    entity text NOT NULL,
    state text DEFAULT 'live'::text NOT NULL,
    alias_of uuid,
    source_connection text,
    source_kind text,
    source_number text,
    source_part text DEFAULT ''::text NOT NULL,
    data jsonb NOT NULL,
    version bigint NOT NULL,
    provenance jsonb DEFAULT '{}'::jsonb NOT NULL,
    mapping_version text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT records_state_check CHECK ((state = ANY (ARRAY['live'::text, 'placeholder'::text, 'merged'::text, 'deleted'::text])))
)
WITH (fillfactor='80');
CREATE TABLE release_pace (
    one boolean DEFAULT true NOT NULL,
    per_second double precision DEFAULT 200 NOT NULL,
    tokens double precision DEFAULT 200 NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT release_pace_one_check CHECK (one)
);
CREATE TABLE reservations (
    holder_id uuid NOT NULL,
    sku_id uuid NOT NULL,
    location_id text NOT NULL,
    quantity numeric NOT NULL,
    released_at timestamp with time zone
);
CREATE TABLE seen (
    connection text NOT NULL,
    message_id text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE shadows (
    link_id uuid NOT NULL,
    theirs jsonb,
    sent_hash text,
    outstanding jsonb,
    lines jsonb,
    mapping_version text,
    codes text[]
)
WITH (fillfactor='70');
CREATE TABLE tries (
    id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    link_id uuid NOT NULL,
    step text NOT NULL,
    key text NOT NULL,
    body jsonb NOT NULL,
    body_hash text,
    record_version bigint NOT NULL,
    send_by timestamp with time zone NOT NULL,
    outcome text,
    lookups integer DEFAULT 0 NOT NULL,
    answer jsonb,
    duration_ms integer,
    finished_at timestamp with time zone,
    codes text[],
    CONSTRAINT tries_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text, 'unknown'::text, 'absent'::text, 'abandoned'::text])))
)
PARTITION BY RANGE (started_at);
CREATE TABLE tries_20260105 (
    id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL,
    link_id uuid NOT NULL,
    step text NOT NULL,
    key text NOT NULL,
    body jsonb NOT NULL,
    body_hash text,
    record_version bigint NOT NULL,
    send_by timestamp with time zone NOT NULL,
    outcome text,
    lookups integer DEFAULT 0 NOT NULL,
    answer jsonb,
    duration_ms integer,
    finished_at timestamp with time zone,
    codes text[],
    CONSTRAINT tries_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text, 'unknown'::text, 'absent'::text, 'abandoned'::text])))
);
CREATE TABLE waits (
    subject text NOT NULL,
    subject_id text NOT NULL,
    subject_at timestamp with time zone,
    kind text NOT NULL,
    target text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    back boolean DEFAULT false NOT NULL,
    amount numeric,
    currency text,
    filled_at timestamp with time zone,
    CONSTRAINT waits_kind_check CHECK ((kind = ANY (ARRAY['ref'::text, 'table'::text]))),
    CONSTRAINT waits_subject_check CHECK ((subject = ANY (ARRAY['link'::text, 'inbox'::text])))
);
ALTER TABLE ONLY changes ATTACH PARTITION changes_20260105 FOR VALUES FROM ('2026-01-05 00:00:00+00') TO ('2026-01-12 00:00:00+00');
ALTER TABLE ONLY events ATTACH PARTITION events_20260105 FOR VALUES FROM ('2026-01-05 00:00:00+00') TO ('2026-01-12 00:00:00+00');
ALTER TABLE ONLY inbox ATTACH PARTITION inbox_20260105 FOR VALUES FROM ('2026-01-05 00:00:00+00') TO ('2026-01-12 00:00:00+00');
ALTER TABLE ONLY tries ATTACH PARTITION tries_20260105 FOR VALUES FROM ('2026-01-05 00:00:00+00') TO ('2026-01-12 00:00:00+00');
INSERT INTO changes_20260105 OVERRIDING SYSTEM VALUE VALUES ('019b0000-0000-7000-8000-000000000031', '2026-01-06 08:00:00+00', '019b0000-0000-7000-8000-000000000001', 3, '{"id": 1, "kind": "inbox"}', '{"name": {"to": "搪瓷杯 500ml", "from": "搪瓷杯"}}', NULL, NULL);
INSERT INTO connections VALUES ('erp', 'kingdee', '{"url": "https://erp.example.com"}', NULL, 'live', NULL, NULL, '2026-11-22 13:00:51.116774+00');
INSERT INTO connections VALUES ('pos', 'pospal', '{}', NULL, 'live', NULL, NULL, '2026-11-22 13:00:51.116774+00');
INSERT INTO crossref_tables VALUES ('units', '{key}', '{value}', 1);
INSERT INTO crossrefs VALUES ('units', 'erp', 'PCS', '个', '0001-01-01', NULL, 'seed', '2026-01-06 08:00:00+00', '{}', 0, NULL, NULL);
INSERT INTO derivations VALUES ('days', 'S01/2026-01-06', '019b0000-0000-7000-8000-000000000002', 1, '{"payable": "59.90"}', NULL, NULL);
INSERT INTO identities VALUES ('product', 'code', '', 'SKU-1', '019b0000-0000-7000-8000-000000000001', 'strong');
INSERT INTO inbox_20260105 OVERRIDING SYSTEM VALUE VALUES (1, '2026-01-06 08:00:00+00', 'pos', 'online-order', 'WEB/1', 'webhook', NULL, '\x7b226f726465724e6f223a225745422d31227d', NULL, 'apply/pos/0', 5, 'done', 0, '2026-01-06 08:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO inbox_20260105 OVERRIDING SYSTEM VALUE VALUES (2, '2026-01-06 08:00:00+00', 'pos', 'online-order', 'WEB/2', 'webhook', NULL, '\x7b226f726465724e6f223a', NULL, 'apply/pos/0', 5, 'dead', 0, '2026-01-06 08:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO links VALUES ('019b0000-0000-7000-8000-000000000011', '019b0000-0000-7000-8000-000000000001', 'product', 'erp', 'BD_MATERIAL', true, '100001', 'SKU-1', NULL, NULL, 'idle', 'push/erp/BD_MATERIAL/0', 5, '2026-01-06 08:00:00+00', 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO links VALUES ('019b0000-0000-7000-8000-000000000012', '019b0000-0000-7000-8000-000000000002', 'order', 'erp', 'SAL_SaleOrder', false, NULL, NULL, NULL, NULL, 'waiting', 'push/erp/SAL_SaleOrder/0', 5, '2026-01-06 08:00:00+00', 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL);
INSERT INTO migrations VALUES ('0001-foundation', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0002-records', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0003-derivations', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0004-marks', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0005-derived-sources', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0006-code-tables', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0007-derived-parts', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0008-mapping-activations', '2026-01-06 08:00:00+00');
INSERT INTO migrations VALUES ('0009-readings', '2026-01-06 08:00:00+00');
INSERT INTO records VALUES ('019b0000-0000-7000-8000-000000000001', 'product', 'live', NULL, NULL, NULL, NULL, '', '{"code": "SKU-1", "name": "搪瓷杯 500ml"}', 3, '{}', NULL, '2026-01-06 08:00:00+00', '2026-01-06 08:00:00+00');
INSERT INTO records VALUES ('019b0000-0000-7000-8000-000000000002', 'order', 'live', NULL, 'pos', 'online-order', 'WEB-1', '', '{"lines": [{"key": "1", "skuId": "019b0000-0000-7000-8000-000000000001", "quantity": "2"}], "number": "WEB-1", "amounts": {"payable": "59.90"}}', 1, '{}', NULL, '2026-01-06 08:00:00+00', '2026-01-06 08:00:00+00');
INSERT INTO release_pace VALUES (true, 200, 200, '2026-11-22 13:00:50.919197+00');
INSERT INTO shadows VALUES ('019b0000-0000-7000-8000-000000000011', '{"code": "SKU-1"}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO tries_20260105 OVERRIDING SYSTEM VALUE VALUES ('019b0000-0000-7000-8000-000000000021', '2026-01-06 08:00:00+00', '019b0000-0000-7000-8000-000000000011', 'save', 'k1', '{"FNumber": "SKU-1"}', NULL, 3, '2026-01-06 08:00:00+00', 'done', 0, NULL, NULL, NULL, NULL);
INSERT INTO waits VALUES ('link', '019b0000-0000-7000-8000-000000000012', NULL, 'table', 'settle-customers/S01', '2026-01-06 08:00:00+00', false, NULL, NULL, NULL);
SELECT pg_catalog.setval('events_id_seq', 1, false);
SELECT pg_catalog.setval('inbox_id_seq', 2, true);
SELECT pg_catalog.setval('mapping_activations_id_seq', 1, false);
ALTER TABLE ONLY changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY changes_20260105
    ADD CONSTRAINT changes_20260105_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY connections
    ADD CONSTRAINT connections_pkey PRIMARY KEY (id);
ALTER TABLE ONLY crossref_tables
    ADD CONSTRAINT crossref_tables_pkey PRIMARY KEY (name);
ALTER TABLE ONLY crossrefs
    ADD CONSTRAINT crossrefs_pkey PRIMARY KEY (name, connection, key, value, valid_from);
ALTER TABLE ONLY cursors
    ADD CONSTRAINT cursors_pkey PRIMARY KEY (connection, object);
ALTER TABLE ONLY derivation_groups
    ADD CONSTRAINT derivation_groups_pkey PRIMARY KEY (rule, group_key);
ALTER TABLE ONLY derivations
    ADD CONSTRAINT derivations_pkey PRIMARY KEY (rule, group_key, source_id);
ALTER TABLE ONLY derived
    ADD CONSTRAINT derived_pkey PRIMARY KEY (rule, group_key, part);
ALTER TABLE ONLY events
    ADD CONSTRAINT events_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY events_20260105
    ADD CONSTRAINT events_20260105_pkey PRIMARY KEY (at, id);
ALTER TABLE ONLY identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (entity, kind, scope, value, record_id);
ALTER TABLE ONLY inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (received_at, id);
ALTER TABLE ONLY inbox_20260105
    ADD CONSTRAINT inbox_20260105_pkey PRIMARY KEY (received_at, id);
ALTER TABLE ONLY lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (lane);
ALTER TABLE ONLY links
    ADD CONSTRAINT links_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mapping_activations
    ADD CONSTRAINT mapping_activations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mappings
    ADD CONSTRAINT mappings_pkey PRIMARY KEY (name, version);
ALTER TABLE ONLY migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY records
    ADD CONSTRAINT records_pkey PRIMARY KEY (id);
ALTER TABLE ONLY release_pace
    ADD CONSTRAINT release_pace_pkey PRIMARY KEY (one);
ALTER TABLE ONLY reservations
    ADD CONSTRAINT reservations_pkey PRIMARY KEY (holder_id, sku_id, location_id);
ALTER TABLE ONLY seen
    ADD CONSTRAINT seen_pkey PRIMARY KEY (connection, message_id);
ALTER TABLE ONLY shadows
    ADD CONSTRAINT shadows_pkey PRIMARY KEY (link_id);
ALTER TABLE ONLY tries
    ADD CONSTRAINT tries_pkey PRIMARY KEY (started_at, id);
ALTER TABLE ONLY tries_20260105
    ADD CONSTRAINT tries_20260105_pkey PRIMARY KEY (started_at, id);
ALTER TABLE ONLY waits
    ADD CONSTRAINT waits_pkey PRIMARY KEY (subject, subject_id, kind, target);
CREATE INDEX changes_record ON ONLY changes USING btree (record_id, version);
CREATE INDEX changes_20260105_record_id_version_idx ON changes_20260105 USING btree (record_id, version);
CREATE INDEX derivation_groups_due ON derivation_groups USING btree (lane, priority, due_at) WHERE (state = 'due'::text);
CREATE INDEX derivation_groups_parked ON derivation_groups USING btree (error_code) WHERE (state = 'parked'::text);
CREATE INDEX derivations_source ON derivations USING btree (source_id);
CREATE INDEX derived_record ON derived USING btree (record_id);
CREATE INDEX derived_source ON derived USING btree (split_part(group_key, '/'::text, 1));
CREATE INDEX identities_record ON identities USING btree (record_id);
CREATE UNIQUE INDEX identities_strong ON identities USING btree (entity, kind, scope, value) WHERE (strength = 'strong'::text);
CREATE INDEX inbox_object ON ONLY inbox USING btree (connection, object, remote_id, id DESC);
CREATE INDEX inbox_20260105_connection_object_remote_id_id_idx ON inbox_20260105 USING btree (connection, object, remote_id, id DESC);
CREATE INDEX inbox_trouble ON ONLY inbox USING btree (connection, state, id) WHERE (state = ANY (ARRAY['dead'::text, 'waiting'::text]));
CREATE INDEX inbox_20260105_connection_state_id_idx ON inbox_20260105 USING btree (connection, state, id) WHERE (state = ANY (ARRAY['dead'::text, 'waiting'::text]));
CREATE INDEX inbox_due ON ONLY inbox USING btree (lane, priority, id, due_at) WHERE (state = 'due'::text);
CREATE INDEX inbox_20260105_lane_priority_id_due_at_idx ON inbox_20260105 USING btree (lane, priority, id, due_at) WHERE (state = 'due'::text);
CREATE INDEX links_due ON links USING btree (lane, priority, due_at) WHERE (state = 'due'::text);
CREATE INDEX links_number ON links USING btree (connection, entity, remote_number) WHERE (remote_number IS NOT NULL);
CREATE INDEX links_of_record ON links USING btree (record_id);
CREATE UNIQUE INDEX links_record ON links USING btree (record_id, connection, object) WHERE (NOT origin);
CREATE UNIQUE INDEX links_remote ON links USING btree (connection, object, remote_id) WHERE (remote_id IS NOT NULL);
CREATE INDEX links_trouble ON links USING btree (connection, state) WHERE (state = ANY (ARRAY['waiting'::text, 'unknown'::text, 'parked'::text]));
CREATE INDEX mapping_activations_name ON mapping_activations USING btree (name, id DESC);
CREATE INDEX mapping_activations_open ON mapping_activations USING btree (id) WHERE (finished_at IS NULL);
CREATE INDEX records_of_fulfilment ON records USING btree (((data ->> 'fulfilmentId'::text))) WHERE (entity = 'shipment'::text);
CREATE INDEX records_of_order ON records USING btree (entity, ((data ->> 'orderId'::text))) WHERE (entity = ANY (ARRAY['shipment'::text, 'receivable'::text]));
CREATE UNIQUE INDEX records_source ON records USING btree (entity, source_connection, source_kind, source_number, source_part) WHERE (source_number IS NOT NULL);
CREATE INDEX records_stock ON records USING btree (((data ->> 'skuId'::text)), ((data ->> 'locationId'::text))) WHERE (entity = 'inventory'::text);
CREATE INDEX reservations_released ON reservations USING btree (released_at) WHERE (released_at IS NOT NULL);
CREATE INDEX reservations_stock ON reservations USING btree (sku_id, location_id);
CREATE INDEX tries_open ON ONLY tries USING btree (link_id) WHERE ((outcome IS NULL) OR (outcome = 'unknown'::text));
CREATE INDEX tries_20260105_link_id_idx ON tries_20260105 USING btree (link_id) WHERE ((outcome IS NULL) OR (outcome = 'unknown'::text));
CREATE INDEX tries_link ON ONLY tries USING btree (link_id, started_at);
CREATE INDEX tries_20260105_link_id_started_at_idx ON tries_20260105 USING btree (link_id, started_at);
CREATE INDEX waits_filled ON waits USING btree (filled_at, since) WHERE (filled_at IS NOT NULL);
CREATE INDEX waits_target ON waits USING btree (kind, target);
ALTER INDEX changes_pkey ATTACH PARTITION changes_20260105_pkey;
ALTER INDEX changes_record ATTACH PARTITION changes_20260105_record_id_version_idx;
ALTER INDEX events_pkey ATTACH PARTITION events_20260105_pkey;
ALTER INDEX inbox_object ATTACH PARTITION inbox_20260105_connection_object_remote_id_id_idx;
ALTER INDEX inbox_trouble ATTACH PARTITION inbox_20260105_connection_state_id_idx;
ALTER INDEX inbox_due ATTACH PARTITION inbox_20260105_lane_priority_id_due_at_idx;
ALTER INDEX inbox_pkey ATTACH PARTITION inbox_20260105_pkey;
ALTER INDEX tries_open ATTACH PARTITION tries_20260105_link_id_idx;
ALTER INDEX tries_link ATTACH PARTITION tries_20260105_link_id_started_at_idx;
ALTER INDEX tries_pkey ATTACH PARTITION tries_20260105_pkey;
CREATE TRIGGER crossrefs_deleted AFTER DELETE ON crossrefs REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION crossrefs_changed();
CREATE TRIGGER crossrefs_inserted AFTER INSERT ON crossrefs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION crossrefs_changed();
CREATE TRIGGER crossrefs_updated AFTER UPDATE ON crossrefs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION crossrefs_changed();
