/** Examples of a guide: a YAML block, and the JSON blocks that follow it. */
export interface Example {
  /** The heading it stands under. */
  readonly title: string;
  readonly line: number;
  readonly source: string;
  /** From the block's info string: `in` or `out` alone, or both ways. */
  readonly way: 'in' | 'out' | 'both';
  readonly values: readonly unknown[];
}

interface Block {
  readonly info: string;
  readonly text: string;
  readonly line: number;
  readonly title: string;
}

function allBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let title = '';
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open) {
      if (fence) {
        blocks.push({ info: open.info, text: open.lines.join('\n'), line: open.line, title });
        open = undefined;
      } else open.lines.push(line);
    } else if (fence) open = { info: fence[1] ?? '', line: index + 1, lines: [] };
    else if (line.startsWith('#')) title = line.replace(/^#+ /, '');
  }
  return blocks;
}

/** Text of every fenced block with its info string; translations share them. */
export function blocksOf(markdown: string): string[] {
  return allBlocks(markdown).map(({ info, text }) => `${info}\n${text}`);
}

/** YAML blocks that are followed by JSON. */
export function examplesOf(markdown: string): Example[] {
  const blocks = allBlocks(markdown);
  return blocks.flatMap((block, index) => {
    const [language, way] = block.info.split(' ');
    if (language !== 'yaml') return [];
    const values: unknown[] = [];
    for (const next of blocks.slice(index + 1)) {
      if (next.info !== 'json') break;
      values.push(JSON.parse(next.text));
    }
    if (values.length === 0) return [];
    return [
      {
        title: block.title,
        line: block.line,
        source: block.text,
        way: way === 'in' || way === 'out' ? way : 'both',
        values,
      },
    ];
  });
}
