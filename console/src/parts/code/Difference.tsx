import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from '../parts.module.css';
import { texts } from '../texts.ts';
import { type CodeLanguage, codeLook, languageOf } from './look.ts';

export interface DifferenceProps {
  readonly before: string;
  readonly after: string;
  readonly language: CodeLanguage;
  readonly beforeTitle?: string | undefined;
  readonly afterTitle?: string | undefined;
}

/** Two texts beside each other, what differs marked, what does not folded away. */
export default function Difference(props: DifferenceProps): ReactNode {
  const { before, after, language } = props;
  const say = texts.useSay();
  const beforeTitle = props.beforeTitle ?? say('before');
  const afterTitle = props.afterTitle ?? say('after');
  const unchanged = say('unchanged');
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [
        lineNumbers(),
        languageOf(language),
        codeLook,
        EditorView.lineWrapping,
        EditorState.phrases.of({ '$ unchanged lines': unchanged }),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      ],
    });
    const view = new MergeView({
      parent: host.current,
      a: side(before, beforeTitle),
      b: side(after, afterTitle),
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    return () => view.destroy();
  }, [before, after, language, beforeTitle, afterTitle, unchanged]);
  return (
    <div className={styles.code}>
      <div className={styles.sides}>
        <div>{beforeTitle}</div>
        <div>{afterTitle}</div>
      </div>
      {before === after && <div style={{ padding: '4px 12px' }}>{say('same')}</div>}
      <div ref={host} />
    </div>
  );
}
