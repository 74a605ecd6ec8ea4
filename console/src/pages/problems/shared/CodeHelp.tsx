import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import { answer, hub } from '../../../api/client.ts';
import { useLanguage } from '../../../language/index.ts';
import { withoutLinks } from '../../../parts/markdown.ts';
import { Sentence } from '../../../parts/Sentence.tsx';
import styles from '../problems.module.css';
import { texts } from '../texts.ts';

/** A code as the guide to troubleshooting explains it; asked for once. */
function useCode(code: string | null | undefined) {
  return useQuery({
    queryKey: ['code', code],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/codes/{code}', { params: { path: { code: code ?? '' } }, signal })),
    enabled: code !== null && code !== undefined && code !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** The code, and the sentence where `Meaning` does not say it already. */
export function Said({ code, said }: { readonly code: string; readonly said: string }): ReactNode {
  const { data } = useCode(code);
  return (
    <span className={styles.quiet} title={said}>
      <code>{code}</code>{' '}
      {data !== undefined && data.vendor === null && <Sentence code={code} said={said} isExplained />}
    </span>
  );
}

/** What a code means, in the language of the user; what a vendor or the hub said, where nobody explains the code. */
export function Meaning({ code, said }: { readonly code: string; readonly said: string }): ReactNode {
  const language = useLanguage();
  const { data } = useCode(code);
  if (data === undefined || data.vendor !== null) return said === '' ? code : said;
  const { means } = language === 'zh-CN' ? data.zh : data.en;
  // The sentence of an error is a template: its own says what it is filled with.
  return means.includes('{') ? <Sentence code={code} said={said} /> : <Words text={means} />;
}

/** What a code means and what to do, in the words of the guide to troubleshooting. Nothing where the guide has none. */
export function CodeHelp({ code }: { readonly code: string | null | undefined }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const { data, isPending } = useCode(code);
  if (code === null || code === undefined || code === '') return null;
  const words = data && (language === 'zh-CN' ? data.zh : data.en);
  return (
    <section className={styles.help} aria-label={say('whatToDo')} aria-busy={isPending}>
      <div>
        <span className={styles.quiet}>{say('code')}</span> <code className="lh-break">{code}</code>
      </div>
      {words && (
        <p>
          <Words text={words.means} />
        </p>
      )}
      {words?.todo && (
        <p>
          <strong>{say('whatToDo')}</strong> <Words text={words.todo} />
        </p>
      )}
      {data?.goesOn === 'itself' && <p className={styles.quiet}>{say('goesOnItself')}</p>}
    </section>
  );
}

/** Markdown of the guide: code stands out, what points to other pages of it is left out. */
function Words({ text }: { readonly text: string }): ReactNode {
  return withoutLinks(text)
    .split('`')
    .map((part, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text stay where they are
      <Fragment key={index}>{index % 2 === 1 ? <code>{part}</code> : part}</Fragment>
    ));
}
