/** Questions a draft leaves open. They stand in comments, so that the file can be read and changed like any other. */
import type { Problem } from '../problems/index.ts';

/** A problem per `# gap: …` comment; the comment goes when the question is answered. */
export function findGaps(file: string, text: string): Problem[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const found = /(?:^|\s)#\s*gap:\s*(.*)$/.exec(line);
    if (found === null) return [];
    return [
      {
        file,
        line: index + 1,
        column: line.indexOf('#', found.index) + 1,
        code: 'mapping.gap',
        message: found[1] === '' ? 'something is still to be decided here' : `to be decided: ${found[1]}`,
        hint: 'decide it, then take the comment out',
      },
    ];
  });
}
