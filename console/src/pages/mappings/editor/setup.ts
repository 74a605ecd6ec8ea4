/** What the text of a mapping can do beyond any other text: marks, completion, fields dropped into it. */
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import { EditorView, keymap, ViewPlugin } from '@codemirror/view';
import type { HubSchemas } from '../../../api/client.ts';
import { findingText } from '../../../parts/Sentence.tsx';
import { completionOf, type Known } from './complete.ts';
import { type ChosenField, insertionOf } from './insert.ts';

export type MappingProblem = HubSchemas['MappingProblem'];

/** Kind of what is dragged from a tree of fields. */
export const fieldType = 'application/x-lianhub-field';

/** The editor of a mapping, for those around it. */
export class TextDesk {
  view: EditorView | undefined;
  known: Known | undefined;
  /** The other side of a field, where somebody or something knows it. */
  partnerOf: (chosen: ChosenField) => string | undefined = () => undefined;
  readonly extensions: Extension;
  #problems: readonly MappingProblem[] = [];

  constructor() {
    this.extensions = [
      ViewPlugin.define((view) => {
        this.view = view;
        // A view cannot be changed while it is made.
        queueMicrotask(() => this.mark(this.#problems));
        return {
          destroy: () => {
            if (this.view === view) this.view = undefined;
          },
        };
      }),
      lintGutter(),
      keymap.of(lintKeymap),
      completionOf(() => this.known),
      EditorView.domEventHandlers({
        dragover: (event) => {
          if (!event.dataTransfer?.types.includes(fieldType)) return false;
          event.preventDefault();
          return true;
        },
        drop: (event, view) => {
          const told = event.dataTransfer?.getData(fieldType);
          if (!told) return false;
          event.preventDefault();
          const at = view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.doc.length;
          this.insert(JSON.parse(told) as ChosenField, at);
          return true;
        },
      }),
    ];
  }

  /** Writes a field where it belongs, near the cursor where it can be there. */
  insert(chosen: ChosenField, near?: number): void {
    const { view } = this;
    if (!view) return;
    const offset = near ?? view.state.selection.main.head;
    const { at, insert, select } = insertionOf(
      view.state.doc.toString(),
      offset,
      chosen,
      this.partnerOf(chosen),
    );
    view.dispatch({
      changes: { from: at, insert },
      selection: { anchor: select[0], head: select[1] },
      scrollIntoView: true,
      userEvent: 'input.field',
    });
    view.focus();
  }

  /** Shows a line, counted from 1, and goes there. */
  goTo(line: number, column = 1): void {
    const { view } = this;
    if (!view) return;
    const at = offsetOf(view.state.doc, line, column);
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    view.focus();
  }

  /** Marks what the checker has found. */
  mark(problems: readonly MappingProblem[]): void {
    this.#problems = problems;
    const { view } = this;
    if (!view) return;
    const { doc } = view.state;
    const marks = problems.map(({ line, column, severity, message, hint, code }) => {
      const from = offsetOf(doc, line, column);
      const end = doc.lineAt(from).to;
      const word = /^(?:"[^"]*"|[^\s,}:]+)/.exec(doc.sliceString(from, end))?.[0].length ?? 0;
      return {
        from,
        to: Math.max(from, Math.min(end, from + word)),
        severity,
        source: code,
        message: findingText({ code, message, hint }),
      };
    });
    view.dispatch(setDiagnostics(view.state, marks));
  }
}

function offsetOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.max(1, Math.min(doc.lines, line)));
  return Math.min(found.to, found.from + Math.max(0, column - 1));
}
