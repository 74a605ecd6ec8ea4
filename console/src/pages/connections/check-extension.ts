import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { findingText } from '../../parts/Sentence.tsx';

export type Plan = HubSchemas['ConfigurationPlan'];
export type PlanProblem = Plan['problems'][number];

/** So long nothing is typed before the hub is asked. */
const quietMs = 600;

/** What became of asking the hub about a text. */
export type Checked =
  | { readonly text: string; readonly plan: Plan }
  /** There was no answer, or a refusal. */
  | { readonly text: string; readonly error: unknown };

/** Asks the hub what a text would change, and marks what is wrong in it. F8 goes from one to the next. */
export function checkExtension(
  file: string,
  told: (checked: Checked) => void,
  seen: (view: EditorView) => void,
): Extension {
  const check = async (view: EditorView): Promise<Diagnostic[]> => {
    seen(view);
    const text = view.state.doc.toString();
    if (text.trim() === '') return [];
    try {
      const plan = await answer(hub.POST('/v1/configuration/plan', { body: { text } }));
      told({ text, plan });
      // Somebody has typed on: it is asked again.
      if (view.state.doc.toString() !== text) return [];
      return plan.problems.filter((one) => one.file === file).map((one) => markOf(view, one));
    } catch (error) {
      told({ text, error });
      return [];
    }
  };
  return [linter(check, { delay: quietMs }), lintGutter(), keymap.of([...lintKeymap])];
}

function markOf(view: EditorView, problem: PlanProblem): Diagnostic {
  const { from, to } = placeOf(view, problem);
  const { code, message, hint, severity } = problem;
  return { from, to, severity, message: findingText({ code, message, hint }), source: code };
}

/** From the place of a problem to the end of its line. */
export function placeOf(view: EditorView, { line, column }: PlanProblem): { from: number; to: number } {
  const { doc } = view.state;
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(at.to, at.from + Math.max(0, column - 1));
  return { from, to: Math.max(from, at.to) };
}
