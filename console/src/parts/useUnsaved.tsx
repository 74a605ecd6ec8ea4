/** Whoever leaves a form they have changed is asked first: by the router, by closing the tab, by closing what it stands in. */
import { useBlocker } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Holder, isSameInput, type Place, Unsaved } from './unsaved.ts';
import { unsavedTexts } from './unsaved-texts.ts';

interface Host {
  readonly unsaved: Unsaved;
  /** Whether these may be left: asks whoever has typed. */
  readonly ask: (changed: readonly Holder[]) => Promise<boolean>;
}

const HostContext = createContext<Host | undefined>(undefined);

function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error('useUnsaved outside of UnsavedHost');
  return host;
}

interface Asked {
  readonly isKept: boolean;
  readonly tell: (leaves: boolean) => void;
}

/** Asks for the forms below it. */
export function UnsavedHost({ children }: { readonly children: ReactNode }): ReactNode {
  const say = unsavedTexts.useSay();
  const [unsaved] = useState(() => new Unsaved());
  const [asked, setAsked] = useState<Asked>();
  const open = useRef<Asked>(undefined);
  const isWatched = useSyncExternalStore(unsaved.subscribe, unsaved.isWatched);
  const answer = useCallback((leaves: boolean): void => {
    open.current?.tell(leaves);
    open.current = undefined;
    setAsked(undefined);
  }, []);
  // Somebody went on while the page they had left was still shown: what they are asked about is gone with it.
  useEffect(() => {
    if (!isWatched) answer(true);
  }, [isWatched, answer]);
  const ask = useCallback(
    async (changed: readonly Holder[]): Promise<boolean> => {
      if (changed.length === 0) return true;
      // Only the last one asked about is gone to.
      answer(false);
      return await new Promise<boolean>((tell) => {
        open.current = { tell, isKept: changed.every((one) => one.isKept === true) };
        setAsked(open.current);
      });
    },
    [answer],
  );
  const shouldBlockFn = useCallback(
    async ({ current, next }: { readonly current: Place; readonly next: Place }): Promise<boolean> =>
      !(await ask(unsaved.changed(next, current))),
    [unsaved, ask],
  );
  useBlocker({
    shouldBlockFn,
    enableBeforeUnload: () => unsaved.changed().length > 0,
    disabled: !isWatched,
  });
  const host = useMemo(() => ({ unsaved, ask }), [unsaved, ask]);
  return (
    <HostContext value={host}>
      {children}
      <Modal
        open={asked !== undefined}
        title={say('title')}
        onCancel={() => answer(false)}
        zIndex={2_000}
        width={460}
        footer={[
          <Button key="leave" danger onClick={() => answer(true)}>
            {say('leave')}
          </Button>,
          <Button key="stay" type="primary" autoFocus onClick={() => answer(false)}>
            {say('stay')}
          </Button>,
        ]}
      >
        {say(asked?.isKept === true ? 'kept' : 'lost')}
      </Modal>
    </HostContext>
  );
}

export interface Watched {
  /** What was typed is saved: it may be left. */
  readonly saved: () => void;
  /** Leaves what the address does not name: asks first where something would be lost. */
  readonly leave: (go: () => void) => void;
}

/**
 * Watches over something that is typed. `isChanged` is asked when somebody is about to leave.
 *
 * @example
 * useUnsaved(() => text !== written.text);
 */
export function useUnsaved(isChanged: () => boolean, more: Omit<Holder, 'isChanged'> = {}): Watched {
  const { unsaved, ask } = useHost();
  const now = useRef({ isChanged, ...more });
  const isSaved = useRef(false);
  useEffect(() => {
    now.current = { isChanged, ...more };
    // Typed on after it was saved: there is something to lose again.
    if (!isChanged()) isSaved.current = false;
  });
  const { isKept = false } = more;
  const hasOwnLeaving = more.isLeft !== undefined;
  const holder = useMemo(
    (): Holder => ({
      isChanged: () => !isSaved.current && now.current.isChanged(),
      isKept,
      ...(hasOwnLeaving
        ? { isLeft: (to: Place, from: Place) => now.current.isLeft?.(to, from) ?? true }
        : {}),
    }),
    [isKept, hasOwnLeaving],
  );
  useEffect(() => unsaved.add(holder), [unsaved, holder]);
  return useMemo(
    () => ({
      saved: () => {
        isSaved.current = true;
      },
      leave: (go) => {
        void ask(holder.isChanged() ? [holder] : []).then((leaves) => {
          if (!leaves) return;
          isSaved.current = true;
          go();
        });
      },
    }),
    [ask, holder],
  );
}

/** As much of a form of Ant Design as is needed to see whether it was changed. */
interface TypedForm {
  getFieldsValue(all: true): unknown;
  isFieldsTouched(): boolean;
}

/**
 * The same for a form of Ant Design, from when it is first shown.
 *
 * @example
 * const { saved } = useUnsavedForm(form); // saved() when it is, before anything else is gone to
 */
export function useUnsavedForm(form: TypedForm, more: Omit<Holder, 'isChanged'> = {}): Watched {
  const first = useRef<unknown>(undefined);
  useEffect(() => {
    first.current = copyOf(form.getFieldsValue(true));
  }, [form]);
  const isChanged = (): boolean =>
    form.isFieldsTouched() && !isSameInput(first.current, copyOf(form.getFieldsValue(true)));
  const watched = useUnsaved(isChanged, more);
  return useMemo(
    () => ({
      ...watched,
      saved: () => {
        first.current = copyOf(form.getFieldsValue(true));
      },
    }),
    [watched, form],
  );
}

/** The form changes its values in place. */
function copyOf(values: unknown): unknown {
  const text = JSON.stringify(values);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** Whether everything on the page may be left, for what leaves without an address: signing out. */
export function useLeavingAll(): () => Promise<boolean> {
  const { unsaved, ask } = useHost();
  return useCallback(async () => {
    if (!(await ask(unsaved.changed()))) return false;
    unsaved.forget();
    return true;
  }, [unsaved, ask]);
}
