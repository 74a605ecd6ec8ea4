import { useQuery } from '@tanstack/react-query';
import { App, Form, Input, Modal } from 'antd';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { isStale } from '../api/problem.ts';
import { sessionEnded } from '../api/session-end.ts';
import { ProblemAlert } from './ProblemView.tsx';
import styles from './parts.module.css';
import { QueryView } from './QueryView.tsx';
import { texts } from './texts.ts';

/** An action as it is asked about before it is done. */
export interface Action<Preview, Result> {
  /** What it is, e.g. "Try 12 letters again". */
  readonly title: string;
  /** Word of the button that does it. */
  readonly verb: string;
  /** What it will do, in words. */
  readonly what?: ReactNode;
  /** What it will do, as the API says; asked when the dialog opens, and anew by `again` of `show`. */
  readonly preview?: () => Promise<Preview>;
  readonly showPreview?: (preview: Preview) => ReactNode;
  /** Whether that says there is nothing to do: then it cannot be done. */
  readonly isNothing?: (preview: Preview) => boolean;
  /** Fields of its own, above the reason. What is typed in them belongs to whoever shows them. */
  readonly fields?: ReactNode;
  /** Whether the API wants to know why. @default 'none' */
  readonly reason?: 'required' | 'optional' | 'none';
  /** For what cannot be undone. */
  readonly isDangerous?: boolean;
  /** Does it. `reason` is '' where none was given. Throwing keeps the dialog open with what was typed. */
  readonly run: (given: {
    readonly reason: string;
    readonly preview: Preview | undefined;
  }) => Promise<Result>;
  /** What it did, in words; stays a while beside the page. */
  readonly done: (result: Result) => ReactNode;
  /** When somebody else was quicker: e.g. a StaleView with both versions; `close` leaves the dialog. */
  readonly stale?: (error: unknown, close: () => void) => ReactNode;
  /** Reads anew what has changed by it. */
  readonly after?: (result: Result) => unknown;
}

type Open = <Preview, Result>(action: Action<Preview, Result>) => void;

const OpenAction = createContext<Open | undefined>(undefined);

/**
 * Asks about an action and does it: `const act = useAction(); act({ title, verb, what, run, done })`. Nothing that changes
 * something is done without this.
 */
export function useAction(): Open {
  const open = useContext(OpenAction);
  if (!open) throw new Error('useAction outside of ActionHost');
  return open;
}

interface Asked {
  readonly id: number;
  readonly action: Action<unknown, unknown>;
}

/** Shows the dialogs of the actions below it. */
export function ActionHost({ children }: { readonly children: ReactNode }): ReactNode {
  const [asked, setAsked] = useState<Asked>();
  const [isOpen, setOpen] = useState(false);
  const count = useRef(0);
  const open = useCallback<Open>((action) => {
    count.current += 1;
    setAsked({ id: count.current, action: action as unknown as Action<unknown, unknown> });
    setOpen(true);
  }, []);
  return (
    <OpenAction value={open}>
      {children}
      {asked && (
        <Dialog
          key={asked.id}
          id={asked.id}
          action={asked.action}
          isOpen={isOpen}
          close={() => setOpen(false)}
        />
      )}
    </OpenAction>
  );
}

interface DialogProps {
  readonly id: number;
  readonly action: Action<unknown, unknown>;
  readonly isOpen: boolean;
  readonly close: () => void;
}

function Dialog({ id, action, isOpen, close }: DialogProps): ReactNode {
  const say = texts.useSay();
  const { notification } = App.useApp();
  const [form] = Form.useForm<{ reason?: string }>();
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const { preview: ask, reason = 'none' } = action;
  const preview = useQuery({
    queryKey: ['preview', id],
    queryFn: () => ask?.() ?? null,
    enabled: ask !== undefined && isOpen,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const nothing = preview.data !== undefined && action.isNothing?.(preview.data) === true;
  const run = async ({ reason: why = '' }: { reason?: string }): Promise<void> => {
    setRunning(true);
    setError(undefined);
    try {
      const result = await action.run({ reason: why.trim(), preview: preview.data });
      close();
      notification.success({
        title: say('done'),
        description: action.done(result),
        duration: 8,
        role: 'status',
      });
      await action.after?.(result);
    } catch (failure) {
      setError(failure);
      sessionEnded.heed(failure);
    } finally {
      setRunning(false);
    }
  };
  return (
    <Modal
      title={action.title}
      open={isOpen}
      onCancel={close}
      onOk={() => form.submit()}
      okText={action.verb}
      cancelText={say('cancel')}
      okButtonProps={{
        danger: action.isDangerous === true,
        disabled: nothing || (ask !== undefined && preview.data === undefined),
      }}
      confirmLoading={running}
      mask={{ closable: false }}
      width={620}
    >
      {action.what !== undefined && <p>{action.what}</p>}
      {ask && (
        <section aria-label={say('whatItDoes')} className={styles.preview}>
          {isStale(preview.error) && action.stale ? (
            action.stale(preview.error, close)
          ) : (
            <QueryView query={preview}>{(data) => action.showPreview?.(data)}</QueryView>
          )}
        </section>
      )}
      {error !== undefined &&
        (isStale(error) && action.stale ? action.stale(error, close) : <ProblemAlert error={error} />)}
      <Form form={form} layout="vertical" onFinish={(values) => void run(values)} disabled={running}>
        {action.fields}
        {reason !== 'none' && (
          <Form.Item
            name="reason"
            label={say('reason')}
            extra={say('reasonHint')}
            rules={[{ required: reason === 'required', whitespace: true, message: say('reasonMissing') }]}
          >
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
