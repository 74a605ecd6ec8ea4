import type { HubSchemas } from '../../../api/client.ts';
import { type JsonSchema, type Member, type ObjectShape, shapeOf } from './shape.ts';
import { type FormObject, fromForm, toForm } from './values.ts';

export type Described = HubSchemas['ConnectorDescribed'];

/** A connection as its form holds it, beside the members of its shape. */
export interface ConnectionForm {
  /** It is played by its simulator, which brings config and secrets. */
  readonly simulated?: boolean;
  /** Options of the simulator, JSON as typed. */
  readonly simulator?: string;
}

/** The members of a connection of hub.yaml that a form has fields for. @param config as written, for what it has */
export function connectionShape(
  { config, secrets, options }: Described,
  language: 'zh-CN' | 'en',
  written: FormObject = {},
): ObjectShape {
  const own = asObject(shapeOf(config as JsonSchema, language));
  // Limits are told once, as the connection's.
  const ownMembers = own.members.filter(({ name }) => name !== 'limits' || 'limits' in written);
  const shared = asObject(shapeOf(options as JsonSchema, language)).members.filter(
    ({ name }) => name !== 'simulator',
  );
  const secretShape = shapeOf(secrets as JsonSchema, language);
  const { description, 'x-zh': zh } = secrets as JsonSchema;
  const help = (language === 'zh-CN' ? zh : undefined) ?? description;
  return {
    kind: 'object',
    members: [
      { name: 'config', required: false, shape: { kind: 'object', members: ownMembers } },
      {
        name: 'secrets',
        required: false,
        shape: secretShape,
        ...(typeof help === 'string' ? { help } : {}),
      },
      ...shared,
    ],
  };
}

function asObject(shape: ReturnType<typeof shapeOf>): ObjectShape {
  return shape.kind === 'object' ? shape : { kind: 'object', members: [] };
}

export function memberOf(shape: ObjectShape, name: string): Member | undefined {
  return shape.members.find((one) => one.name === name);
}

/** What the API is told of a form; of members that are not given, `null` takes away what there is. */
export function toldOf(
  shape: ObjectShape,
  form: FormObject & ConnectionForm,
  before: FormObject = {},
): FormObject {
  const told = (fromForm(shape, form) ?? {}) as FormObject;
  const { config, secrets, ...others } = told;
  const gone = Object.keys(before).filter(
    (name) => name !== 'simulator' && memberOf(shape, name) !== undefined && others[name] === undefined,
  );
  const simulator = form.simulated ? simulatorOf(form.simulator) : 'simulator' in before ? null : undefined;
  return {
    ...(form.simulated ? {} : { config: config ?? {}, secrets: secrets ?? {} }),
    ...others,
    ...Object.fromEntries(gone.map((name) => [name, null])),
    ...(simulator === undefined ? {} : { simulator }),
  };
}

function simulatorOf(text: string | undefined): unknown {
  return fromForm({ kind: 'json' }, text) ?? {};
}

/** The form of a connection as it is written. Throws NoFieldFor. */
export function formOf(
  shape: ObjectShape,
  config: FormObject,
  others: FormObject,
): FormObject & ConnectionForm {
  const { simulator, ...rest } = others;
  const isSimulated = simulator !== undefined && simulator !== false && simulator !== null;
  return {
    ...(toForm(shape, { config, ...rest }) as FormObject),
    simulated: isSimulated,
    ...(typeof simulator === 'object' && simulator !== null && Object.keys(simulator).length > 0
      ? { simulator: JSON.stringify(simulator, null, 2) }
      : {}),
  };
}

/** A form of secrets that shows which there are by their keys; their values are not known here. */
export function keysOf(shape: ObjectShape, paths: readonly string[]): FormObject {
  const tree: Record<string, unknown> = {};
  for (const path of paths) {
    let at = tree;
    for (const step of path.split('.').slice(0, -1)) {
      const inner = (at[step] ?? {}) as Record<string, unknown>;
      at[step] = inner;
      at = inner;
    }
    at[path.split('.').at(-1) ?? ''] ??= '';
  }
  const secrets = memberOf(shape, 'secrets')?.shape;
  if (!secrets) return {};
  return { secrets: blank(toForm(secrets, tree)) };
}

/** Without the empty texts that stood for values. */
function blank(value: unknown): unknown {
  if (value === '') return undefined;
  if (Array.isArray(value)) return value.map(blank);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'key' ? inner : blank(inner)]),
  );
}

/** Paths of secrets without the `0` and `1` of those of which two hold. */
export function plainPaths(paths: readonly string[]): string[] {
  return [
    ...new Set(
      paths.map((path) =>
        paths.includes(`${path.replace(/\.[01]$/, '')}.1`) ? path.replace(/\.[01]$/, '') : path,
      ),
    ),
  ];
}
