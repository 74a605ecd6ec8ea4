// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { patchBetween, withConnection, withoutConnection } from './edit.ts';
import { pathAt, variablesElsewhere, variablesIn, withoutSecrets, withSecretsOf } from './shown.ts';

/** Braces of variables mean something else to YAML in braces. */
const parse = (yaml: string) => parseYaml(yaml.replace(/\$\{(\w+)[^}]*\}/g, '$1'));

const text = `# The hub
connections:
  erp: # ours
    connector: kingdee # v7
    config: { acctId: "5", orgNum: "100" }
    secrets: { key: abc, other: ${'${OTHER}'}, more: ${'${MORE:-zz}'} } # never shown
  # the tills
  pos: { connector: pospal }

# What goes where
syncs:
  a: { parties: { x: { list: [one,two] } } }
`;

test('a change of one connection leaves every other line as it is', () => {
  const changed = withConnection(text, 'pos', { mode: 'observe' });
  expect(changed).toBe(text.replace('{ connector: pospal }', '{ connector: pospal, mode: observe }'));
  const patch = patchBetween({ config: { acctId: '5', orgNum: '100' } }, { config: { acctId: '6' } });
  const replaced = withConnection(text, 'erp', patch);
  expect(parse(replaced).connections.erp.config).toEqual({ acctId: '6' });
  expect(replaced).toContain('connector: kingdee # v7');
  expect(replaced).toContain('other: ${OTHER}');
  const after = (whole: string): string => whole.slice(whole.indexOf('  # the tills'));
  expect(after(replaced)).toBe(after(text));
});

test('a connection is added behind the others, and taken away again without a trace', () => {
  const added = withConnection(text, 'crm', { connector: 'neocrm', secrets: { key: '${CRM_KEY}' } });
  const lines = '  crm:\n    connector: neocrm\n    secrets:\n      key: ${CRM_KEY}\n';
  expect(added).toBe(text.replace('{ connector: pospal }\n', `{ connector: pospal }\n${lines}`));
  expect(withoutConnection(added, 'crm')).toBe(text);
  expect(parse(withoutConnection(withoutConnection(text, 'erp'), 'pos'))).toMatchObject({ connections: {} });
  expect(parse(withConnection('syncs: {}\n', 'crm', { connector: 'x' }))).toEqual({
    syncs: {},
    connections: { crm: { connector: 'x' } },
  });
  const shared = 'connections: { a: &a { connector: x }, b: *a }\n';
  expect(parse(withConnection(shared, 'b', { connector: 'y' })).connections.b).toEqual({ connector: 'y' });
});

test('secrets are hidden wherever they are written, and come back where nobody changed them', () => {
  const shown = withoutSecrets(text);
  expect(shown).not.toMatch(/abc|zz/);
  expect(shown).toContain('other: ${OTHER}');
  expect(withSecretsOf(shown, text)).toBe(text.replace('${MORE:-zz}', '"${MORE:-zz}"'));
  expect(withSecretsOf(shown.replace('"***"', 'new'), text)).toContain('key: new');
  // Nobody learns a secret by asking for it at another place.
  const moved = withSecretsOf(shown.replace('connector: pospal', 'connector: "***"'), text);
  expect(moved).toContain('connector: "***"');
  expect(withoutSecrets('connections:\n  a: { secrets: { key: abc } }\n  b: [\n')).not.toContain('abc');
});

test('a line and a column lead to the name they stand in', () => {
  expect(pathAt(text, 5, 15)).toEqual(['connections', 'erp', 'config', 'acctId']);
  expect(pathAt(text, 5, 6)).toEqual(['connections', 'erp', 'config']);
  expect(pathAt(text, 12, 38)).toEqual(['syncs', 'a', 'parties', 'x', 'list', '1']);
  expect(pathAt(text, 99, 1)).toEqual([]);
});

test('nobody learns what a variable holds by naming it where it is shown, or sent elsewhere', () => {
  const before =
    'connections:\n  a: { config: { url: "${URL}" }, secrets: { key: "${KEY}" } }\n  b: { config: {} }\n';
  const told = (after: string) =>
    variablesElsewhere(before, after, (name) => name !== 'NEW').map(
      ({ name, path }) => `${name} ${path.join('.')}`,
    );
  expect(told(before.replace('config: {} ', 'config: { url: "${URL}", x: "${NEW}" } '))).toEqual([]);
  expect(told(before.replace('key:', 'other: "${KEY}", key:'))).toEqual([]);
  expect(told(before.replace('config: {} ', 'config: { url: "http://x/${KEY}" } '))).toEqual([
    'KEY connections.b.config.url',
  ]);
  expect(told(before.replace('config: {} ', 'secrets: { key: "${KEY}" } '))).toEqual([
    'KEY connections.b.secrets.key',
  ]);
  expect(told(before.replace('config: {} ', 'config: { url: "${HUB_SECRET_KEY}" } '))).toHaveLength(1);
});

test('a variable that only a comment speaks of is none', () => {
  const text = [
    '# write secrets as ${SECRETS}',
    'host: "${HOST:-127.0.0.1} # ${QUOTED}"',
    'key: ${KEY} # before it was ${OLD}',
    'note: |',
    '  # a line of text: ${LINE}',
    'price: $${NOT_ONE}',
  ].join('\n');
  expect(variablesIn(text)).toEqual([
    { name: 'HOST', hasDefault: true },
    { name: 'QUOTED', hasDefault: false },
    { name: 'KEY', hasDefault: false },
    { name: 'LINE', hasDefault: false },
  ]);
});
