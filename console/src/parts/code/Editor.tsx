import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from '../parts.module.css';
import { type CodeLanguage, codeLook, languageOf } from './look.ts';

export interface EditorProps {
  readonly value: string;
  readonly language: CodeLanguage;
  readonly label: string;
  /** Without it the text can be read only. */
  readonly onChange?: ((value: string) => void) | undefined;
  /** Completion, marks and the like; kept the same between renders, or the editor is made anew. */
  readonly extensions?: Extension | undefined;
  /** CSS. @default grows with the text */
  readonly height?: string | undefined;
}

const none: Extension = [];

/** CodeMirror with a text that is this component's: Tab leaves it, as it leaves any field. */
export default function Editor({
  value,
  language,
  label,
  onChange,
  extensions = none,
  height,
}: EditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(onChange);
  change.current = onChange;
  const first = useRef(value);
  const canEdit = onChange !== undefined;
  useEffect(() => {
    if (host.current === null) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: view.current?.state.doc ?? first.current,
        extensions: [
          lineNumbers(),
          languageOf(language),
          codeLook,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, ...(canEdit ? {} : { tabindex: '0' }) }),
          canEdit
            ? [history(), keymap.of([...defaultKeymap, ...historyKeymap])]
            : [EditorState.readOnly.of(true), EditorView.editable.of(false)],
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString());
          }),
          extensions,
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [language, label, canEdit, extensions]);
  useEffect(() => {
    const shown = view.current;
    if (!shown || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);
  return (
    <div
      ref={host}
      className={styles.code}
      style={height === undefined ? undefined : { height, overflow: 'auto' }}
    />
  );
}
