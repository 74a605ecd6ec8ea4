/**
 * Actions: what a system does once when asked, beside keeping objects in step. A message is sent, a label is printed;
 * there is no golden record behind it. Rules name them as `<connection>.<action>`.
 */
import type { output, ZodType } from 'zod';
import { fail } from './errors.ts';
import type { Connector, ConnectorSession, Decision, JsonObject } from './types.ts';

export interface ActionFacts<Input = unknown> {
  readonly title: { readonly en: string; readonly zh: string };
  /** What it must be told. Parsed before the action runs. */
  readonly input: ZodType<Input>;
  /**
   * What becomes of an action nobody answered. `repeatable`: doing it twice does no harm; `token`: the vendor knows the
   * key again and does it once; `none`: it waits for a person.
   */
  readonly safety: 'repeatable' | 'token' | 'none';
}

export interface ActionRequest<Input = unknown> {
  readonly input: Input;
  /** Ours: the same for every try of one action. */
  readonly key: string;
  /** Named credential it runs under; absent: the default one. */
  readonly as?: string;
  readonly signal: AbortSignal;
}

/** What came of it. A call that failed as a whole throws ConnectorError instead. */
export type ActionAnswer =
  | {
      readonly ok: true;
      /** The vendor's id of what was done, if it gave one. */
      readonly id?: string;
      /** What else the vendor said: whom a message did not reach. */
      readonly answer?: JsonObject;
    }
  | { readonly ok: false; readonly decision: Decision };

/** `request.input` has been parsed by the action's schema. */
export type ActionOperation<Input = never> = (request: ActionRequest<Input>) => Promise<ActionAnswer>;

/** The operations a table of actions asks for, each with the input its schema gives. */
export type ActionOperations<Actions extends Readonly<Record<string, ActionFacts>>> = {
  readonly [Name in keyof Actions]: ActionOperation<output<Actions[Name]['input']>>;
};

/**
 * Runs an action. Throws ConnectorError: `reject` `action.input` naming the first wrong field, `fatal` `action.unknown`
 * when the connector has no such action, and what the action itself throws.
 */
export async function runAction(
  connector: Pick<Connector, 'name' | 'actions'>,
  session: Pick<ConnectorSession, 'actions'>,
  name: string,
  request: ActionRequest,
): Promise<ActionAnswer> {
  const facts = connector.actions?.[name];
  const operation = session.actions?.[name] as ActionOperation<unknown> | undefined;
  if (!facts || !operation) {
    const known = Object.keys(connector.actions ?? {});
    fail({
      kind: 'fatal',
      code: 'action.unknown',
      message: `${connector.name} has no action ${name}; it has ${known.length === 0 ? 'none' : known.join(', ')}.`,
    });
  }
  const parsed = facts.input.safeParse(request.input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    fail(
      {
        kind: 'reject',
        code: 'action.input',
        message: `${connector.name}.${name}: ${field === '' ? 'the input' : field} is not right (${issue?.message ?? 'unknown'}).`,
        ...(field === '' ? {} : { field }),
      },
      parsed.error,
    );
  }
  return operation({ ...request, input: parsed.data });
}
