/** One dead letter with everything a person needs to decide about it. */
import { HubError } from '../errors.ts';
import { parseBody } from '../lanes/apply/bodies.ts';
import { digest } from '../lanes/dead-letters.ts';
import { type AuditRow, auditOf } from '../ledger/audit.ts';
import { type Letter, lastTries, listLetters, messagesAt } from '../ledger/dead-letters.ts';
import { readRecords } from '../ledger/records.ts';
import type { Json } from '../model/index.ts';
import { maskedText, maskedVendor, personalValues, personalVendorPaths, withoutSecrets } from './personal.ts';
import { documentOf, type Setting } from './setting.ts';

/** What was told, or sent, and what came back. */
export interface ShownTry {
  readonly step: string;
  readonly key: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** `done`, `failed`, `unknown`, `absent`, `abandoned`; null while it is open. */
  readonly outcome: string | null;
  /** How often it was looked for since. */
  readonly lookups: number;
  readonly sent: Json;
  readonly answer: Json;
}

export interface ShownLetter {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly connection: string;
  readonly object: string;
  readonly entity: string | null;
  readonly key: string | null;
  readonly recordId: string | null;
  readonly remoteId: string | null;
  readonly code: string;
  readonly sentence: string;
  readonly attempts: number;
  readonly since: string;
  readonly group: string;
  /** Of a message: how it came, and what it says (null: it only names the object). */
  readonly told?: {
    readonly receivedAt: string;
    readonly via: string;
    readonly revision: string | null;
    readonly body: Json;
    readonly hint: Json;
    /** The message it takes the place of, changed by a person. */
    readonly editedFrom: number | null;
  };
  /** Of a write: the latest tries, the last one first. */
  readonly tries?: readonly ShownTry[];
  /** What people have decided about it before, the last one first. */
  readonly decisions: readonly Pick<AuditRow, 'at' | 'author' | 'action' | 'details'>[];
  /** Some values are hidden. */
  readonly masked: boolean;
}

/** Tries shown of one copy. */
const triesShown = 5;

/** `17` and `inbox/17` are one name, and so are a bare id and `push/<id>`. */
export function letterName(text: string): string {
  if (/^\d+$/.test(text)) return `inbox/${text}`;
  return /^[0-9a-f-]{36}$/i.test(text) ? `push/${text.toLowerCase()}` : text;
}

/** The letter of that name. Errors: `deadletters.unknown`. */
export async function letterNamed({ database }: Setting, text: string): Promise<Letter> {
  const name = letterName(text);
  const [letter] = await listLetters(database, { names: [name] }, 1);
  if (!letter) throw new HubError('deadletters.unknown', { name });
  return letter;
}

/**
 * What a change of a letter is made knowing: which letter, and what it says; undefined when it is none (any more). It is
 * another one after its message was read anew.
 */
export async function letterVersion(setting: Setting, text: string): Promise<readonly string[] | undefined> {
  const name = letterName(text);
  const [letter] = await listLetters(setting.database, { names: [name] }, 1);
  if (!letter) return undefined;
  const message = await messageOf(setting, letter);
  return [name, letter.state, letter.since.toISOString(), message?.body ? digest(message.body) : ''];
}

/** What a letter's message says, all of it, and as it is shown without personal values. Errors: `deadletters.unknown`. */
export async function bodyOfLetter(
  setting: Setting,
  text: string,
): Promise<{ readonly letter: Letter; readonly body: Json; readonly masked: Json }> {
  const letter = await letterNamed(setting, text);
  const message = await messageOf(setting, letter);
  const body = message?.body ? (parseBody(message.body) ?? null) : null;
  const doc = documentOf(setting, letter.connection, letter.object, letter.entity);
  const [record] = letter.record_id === null ? [] : await readRecords(setting.database, [letter.record_id]);
  const known = record ? personalValues(record.entity, record.data) : new Set<string>();
  return { letter, body, masked: maskedVendor(body, doc && personalVendorPaths(doc), known) };
}

/** Everything about one letter, personal values hidden unless they are asked for. Errors: `deadletters.unknown`. */
export async function showLetter(
  setting: Setting,
  text: string,
  options: { readonly showPersonal: boolean },
): Promise<ShownLetter> {
  const { database } = setting;
  const letter = await letterNamed(setting, text);
  const doc = documentOf(setting, letter.connection, letter.object, letter.entity);
  const paths = doc && personalVendorPaths(doc);
  const [record] = letter.record_id === null ? [] : await readRecords(database, [letter.record_id]);
  const known = record ? personalValues(record.entity, record.data) : new Set<string>();
  const shown = (value: Json): Json =>
    options.showPersonal ? withoutSecrets(value) : maskedVendor(value, paths, known);
  const message = await messageOf(setting, letter);
  const body = message?.body ? (parseBody(message.body) ?? message.body.toString('utf8')) : null;
  const tries = letter.kind === 'push' ? await lastTries(database, idOf(letter), triesShown) : undefined;
  const decisions = await auditOf(database, letter.name);
  return {
    name: letter.name,
    kind: letter.kind,
    state: letter.state,
    connection: letter.connection,
    object: letter.object,
    entity: letter.entity ?? doc?.entity.value ?? null,
    key: letter.key,
    recordId: letter.record_id,
    remoteId: letter.remote_id,
    code: letter.code,
    sentence: options.showPersonal ? letter.error : maskedText(letter.error, known),
    attempts: letter.attempts,
    since: letter.since.toISOString(),
    group: letter.group,
    ...(message === undefined
      ? {}
      : {
          told: {
            receivedAt: message.received_at.toISOString(),
            via: message.via,
            revision: message.revision,
            body: shown(body),
            hint: shown(message.hint),
            editedFrom: message.edited_from,
          },
        }),
    ...(tries === undefined
      ? {}
      : {
          tries: tries.map((one) => ({
            step: one.step,
            key: one.key,
            startedAt: one.started_at.toISOString(),
            finishedAt: one.finished_at?.toISOString() ?? null,
            outcome: one.outcome,
            lookups: one.lookups,
            sent: shown(one.body),
            answer: answerShown(one.answer, known, options.showPersonal),
          })),
        }),
    decisions: decisions.map(({ at, author, action, details }) => ({
      at,
      author,
      action,
      details:
        options.showPersonal || details.body === undefined
          ? details
          : { ...details, body: shown(details.body) },
    })),
    masked: !options.showPersonal,
  };
}

/** What came back is words of ours and of the vendor's: ids, a status, a sentence. */
function answerShown(answer: Json, known: ReadonlySet<string>, showPersonal: boolean): Json {
  return showPersonal ? withoutSecrets(answer) : maskedVendor(answer, [], known);
}

function idOf({ name }: Letter): string {
  return name.slice(name.indexOf('/') + 1);
}

async function messageOf({ database }: Setting, letter: Letter) {
  if (letter.received_at === null) return undefined;
  const [message] = await messagesAt(database, [
    { id: Number(idOf(letter)), receivedAt: letter.received_at },
  ]);
  return message;
}
