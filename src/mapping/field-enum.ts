/** `enum:` and `else:`: the words of both sides. */
import { isMap } from 'yaml';
import type { Entry, Nodes } from './nodes.ts';
import { Options } from './options.ts';
import type { EnumEntry, Located, Scalar } from './types.ts';

/** `canonical: vendor`, `canonical: [written, also read]` or `canonical: { write, read }`. */
export function readEnum(nodes: Nodes, entry: Entry): EnumEntry[] {
  const entries = nodes.entries(entry.node, 'enum', entry.keyAt) ?? [];
  return entries.map((line) => {
    const what = `the vendor's word for ${line.name}`;
    const base = { canonical: line.name, at: line.keyAt };
    if (!isMap(line.node)) return { ...base, vendor: nodes.codes(line.node, what, line.keyAt) };
    const inner = nodes.entries(line.node, line.name, line.keyAt) ?? [];
    nodes.unknown(inner, ['read', 'write'], 'a word of an enum');
    const options = new Options(nodes, inner);
    const [read, written] = [options.find('read'), options.find('write')];
    if (written === undefined) {
      nodes.report(
        'mapping.missing-key',
        line.keyAt,
        `${line.name} does not say what is written for it`,
        'Write { write: A, read: [A, Z] }',
      );
    }
    const write = written === undefined ? undefined : nodes.code(written.node, what, written.keyAt);
    const told = read === undefined ? undefined : nodes.codes(read.node, what, read.keyAt);
    // Without `read:` what is written is read, too.
    const vendor = told ?? (write === undefined ? [] : [write]);
    return write === undefined ? { ...base, vendor } : { ...base, vendor, write };
  });
}

/** `else: canonical`, or `else: { in: canonical, out: vendor }`. */
export function readElse(
  nodes: Nodes,
  entry: Entry | undefined,
): { else?: Located<string>; elseOut?: Located<Scalar> } {
  if (entry === undefined) return {};
  if (!isMap(entry.node)) {
    const text = nodes.text(entry, 'else');
    return text === undefined ? {} : { else: text };
  }
  const inner = nodes.entries(entry.node, 'else', entry.keyAt) ?? [];
  nodes.unknown(inner, ['in', 'out'], 'else');
  const options = new Options(nodes, inner);
  const inward = options.text('in');
  const outEntry = options.find('out');
  const outward = outEntry === undefined ? undefined : nodes.code(outEntry.node, 'else.out', outEntry.keyAt);
  return {
    ...(inward === undefined ? {} : { else: inward }),
    ...(outward === undefined ? {} : { elseOut: outward }),
  };
}
