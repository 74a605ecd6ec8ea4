/** What the hub says, in the language of the user. */
import type { ReactNode } from 'react';
import type { Sentences } from '../language/sentences.ts';
import { sentencesNow, useSentences } from '../language/useSentences.ts';
import { plainText } from './markdown.ts';
import styles from './parts.module.css';

/** Says a sentence of the hub; `code` is that of what happened, where there is one. */
export type SayOf = (code: string | null | undefined, said: string) => string;

function inChinese(sentences: Sentences, code: string | null | undefined, said: string): string {
  const told = sentences.sentence(code, said);
  if (told !== undefined) return told;
  // Nobody has said this very sentence in Chinese: what its code means, and the sentence itself.
  const means = code ? sentences.code(code)?.means : undefined;
  return means === undefined || means.includes('{') ? said : `${plainText(means)} ${said}`;
}

/** For attributes and titles: `const sayOf = useSayOf(); sayOf(job.code, job.sentence)`. */
export function useSayOf(): SayOf {
  const sentences = useSentences();
  return (code, said) => (sentences ? inChinese(sentences, code, said) : said);
}

interface SentenceProps {
  readonly code?: string | null | undefined;
  /** As the API says it; a vendor's own words stay as they are. */
  readonly said: string | null | undefined;
  /** What its code means is shown beside it already. */
  readonly isExplained?: boolean;
}

/** A sentence of the hub; the English one is at hand where the pointer rests. */
export function Sentence({ code, said, isExplained = false }: SentenceProps): ReactNode {
  const sentences = useSentences();
  if (said === null || said === undefined || said === '') return null;
  if (!sentences) return <span title={said}>{said}</span>;
  const told = isExplained ? (sentences.sentence(code, said) ?? said) : inChinese(sentences, code, said);
  return <span title={said}>{told}</span>;
}

/** The same as one text, where there is nothing but text: the mark in an editor. */
export function findingText({ code, message, hint }: FindingInFileProps): string {
  const sentences = sentencesNow();
  const told = sentences ? inChinese(sentences, code, message) : message;
  return hint === null ? told : `${told} — ${sentences?.said(hint) ?? hint}`;
}

interface FindingInFileProps {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** What is wrong in a file: in Chinese what the code means and what to do, and what was found as the hub says it. */
export function FindingInFile({ code, message, hint }: FindingInFileProps): ReactNode {
  const sentences = useSentences();
  const told = sentences?.sentence(code, message);
  const explained = told === undefined ? sentences?.code(code) : undefined;
  const hinted = hint === null ? undefined : (sentences?.said(hint) ?? hint);
  return (
    <>
      {explained ? (
        <>
          {plainText(explained.means)} {explained.todo !== undefined && plainText(explained.todo)}{' '}
          <span className={styles.quiet} lang="en">
            {message}
          </span>
        </>
      ) : (
        (told ?? message)
      )}
      {hinted !== undefined && <span className={styles.quiet}> ({hinted})</span>}{' '}
      <code className={styles.quiet}>{code}</code>
    </>
  );
}
