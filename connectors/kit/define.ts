/** Connectors whose objects and actions the compiler knows by name and shape. */
import { type ZodType, z } from 'zod';
import type { ActionFacts, ActionOperations } from './actions.ts';
import { fail } from './errors.ts';
import type {
  ConnectionContext,
  Connector,
  ConnectorSession,
  JsonObject,
  ObjectFacts,
  ObjectOperations,
} from './types.ts';

/**
 * A vendor's type as a connector tells it: numbers may have become text, because the hub keeps ids and decimals so.
 * `Told<components['schemas']['contact']>` is the body of a `contact`.
 */
export type Told<T> = T extends number
  ? number | string
  : T extends string | boolean | null | undefined
    ? T
    : T extends readonly (infer Element)[]
      ? readonly Told<Element>[]
      : T extends object
        ? { readonly [Key in keyof T]: Told<T[Key]> }
        : never;

/** Operations of an object whose lists and fetches tell bodies of this very shape. */
export type OperationsOf<T> = Told<T> extends JsonObject ? ObjectOperations<Told<T>> : ObjectOperations;

export interface Definition<
  Config,
  Secrets,
  Names extends string,
  Actions extends Readonly<Record<string, ActionFacts>>,
> extends Omit<Connector<Config, Secrets>, 'objects' | 'actions' | 'open'> {
  readonly objects: Readonly<Record<Names, ObjectFacts>>;
  readonly actions?: Actions;
  open(context: ConnectionContext<Config, Secrets>): DefinedSession<Names, Actions>;
}

export type DefinedSession<
  Names extends string,
  Actions extends Readonly<Record<string, ActionFacts>>,
> = ConnectorSession & {
  /** An entry for every object of the definition. */
  readonly objects: Readonly<Record<Names, ObjectOperations>>;
} & ([keyof Actions] extends [never]
    ? { readonly actions?: never }
    : { readonly actions: ActionOperations<Actions> });

/**
 * `defineConnector` for a vendor whose API is described: `connectorFor<components['schemas']>()({ … })`. Every object
 * must have a schema of its name, every object and action its operations, and an action gets what its schema parses.
 */
export function connectorFor<Schemas extends object>() {
  return function define<
    Config,
    Secrets,
    Names extends keyof Schemas & string,
    Actions extends Readonly<Record<string, ActionFacts>> = Readonly<Record<never, ActionFacts>>,
  >(definition: Definition<Config, Secrets, Names, Actions>): Connector<Config, Secrets> {
    return definition;
  };
}

/** Secrets of a connection with several credentials by name; `default` is used where a step names none. */
export function namedCredentials<Credential>(credential: ZodType<Credential>) {
  return z
    .record(z.string(), credential)
    .refine((value) => value.default !== undefined, { message: 'secrets.default is missing' })
    .describe('Credentials by name: default for all steps that name no other with `as`.');
}

/** The credential of a step. Throws `fatal` `<connector>.credential` when none of that name is set. */
export function credentialNamed<Credential>(
  connector: string,
  secrets: Readonly<Record<string, Credential>>,
  as = 'default',
): Credential {
  const found = Object.hasOwn(secrets, as) ? secrets[as] : undefined;
  if (found !== undefined) return found;
  return fail({
    kind: 'fatal',
    code: `${connector}.credential`,
    message: `No credential named "${as}" is set; the connection has ${Object.keys(secrets).join(', ')}.`,
  });
}
