/** `COPY … FROM STDIN` by hand: what pg offers a statement to speak with the server itself. */
import type pg from 'pg';

interface Wire {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Copies rows of text into a table; resolves once they are committed. */
export function copyInto(
  client: pg.Client,
  target: string,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const lines = Buffer.from(rows.map((row) => `${row.map(escaped).join('\t')}\n`).join(''));
  return new Promise((resolve, reject) => {
    let failed: Error | undefined;
    client.query({
      submit: (wire: Wire) => wire.query(`copy ${target} from stdin`),
      handleCopyInResponse(wire: Wire) {
        wire.sendCopyFromChunk(lines);
        wire.endCopyFrom();
      },
      handleCommandComplete: () => undefined,
      handleError(error: Error) {
        failed = error;
      },
      handleReadyForQuery() {
        if (failed) reject(failed);
        else resolve();
      },
    } as unknown as pg.Submittable);
  });
}

function escaped(text: string): string {
  return text.replace(
    /[\\\t\n\r]/g,
    (character) => `\\${{ '\t': 't', '\n': 'n', '\r': 'r' }[character] ?? '\\'}`,
  );
}
