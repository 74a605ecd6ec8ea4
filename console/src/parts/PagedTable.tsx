import {
  hashKey,
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Button, Checkbox, Skeleton } from 'antd';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import { toProblem } from '../api/problem.ts';
import { ProblemView } from './ProblemView.tsx';
import styles from './parts.module.css';
import { Loading, Nothing } from './QueryView.tsx';
import { texts } from './texts.ts';

/** A page of the API: items, and where the next one begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Column<Item> {
  readonly key: string;
  readonly title: string;
  /** Pixels; or a share of what is left (`'2fr'`), never less than 120 pixels. @default '1fr' */
  readonly width?: number | `${number}fr`;
  /** Numbers stand at the end. @default 'start' */
  readonly align?: 'start' | 'end';
  readonly show: (item: Item) => ReactNode;
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly change: (ids: ReadonlySet<string>) => void;
}

interface PagedTableProps<Item> {
  /** What this table is, for screen readers. */
  readonly label: string;
  /** What is read, with every filter: `['conflicts', search]`. `refreshLists(client, 'conflicts')` reads it again. */
  readonly listKey: readonly unknown[];
  /** Reads one page. */
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  readonly idOf: (item: Item) => string;
  readonly columns: readonly Column<Item>[];
  /** Opens a row: by click, or Enter. */
  readonly onOpen?: (item: Item) => void;
  /** The row that is open now. */
  readonly openId?: string | undefined;
  /** Rows that can be chosen for actions. */
  readonly selection?: Selection;
  /** When there is nothing: says what to do first. */
  readonly empty?: ReactNode;
  /** Pixels. @default 44 */
  readonly rowHeight?: number;
  /** Pixels, CSS; without it the table takes what the page has left. */
  readonly height?: number | string;
  /** Beside the count, at the foot. */
  readonly foot?: ReactNode;
}

const selectWidth = 44;
/** Of a column that shares what is left. */
const narrowest = 120;
/** The next page is asked for when so many rows are left below. */
const ahead = 30;

/**
 * A list of any length: pages are read as somebody scrolls, and only rows in sight are drawn. With the keyboard: arrows,
 * Page Up and Down, Home, End, Enter to open, space to select.
 */
export function PagedTable<Item>(props: PagedTableProps<Item>): ReactNode {
  const { listKey, read, empty, height } = props;
  const list = useInfiniteQuery<
    Page<Item>,
    Error,
    InfiniteData<Page<Item>>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: ['list', ...listKey],
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    // Going back shows what was there, where it was; reading hundreds of pages again would not.
    staleTime: ({ state }) => ((state.data?.pages.length ?? 0) > 3 ? Number.POSITIVE_INFINITY : 5_000),
  });
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  if (list.data === undefined) {
    if (list.error)
      return <ProblemView problem={toProblem(list.error)} onRetry={() => void list.refetch()} />;
    return (
      <Loading>
        <Skeleton active title={false} paragraph={{ rows: 8, width: '100%' }} />
      </Loading>
    );
  }
  if (items.length === 0 && !list.hasNextPage) return <Nothing>{empty}</Nothing>;
  return (
    <div className={styles.table} style={height === undefined ? undefined : { height, flex: 'none' }}>
      <Rows
        {...props}
        items={items}
        hasMore={list.hasNextPage}
        more={() => {
          if (!list.isFetching && !list.isFetchNextPageError) void list.fetchNextPage();
        }}
      />
      <Foot
        count={items.length}
        isAll={!list.hasNextPage}
        failed={list.isFetchNextPageError}
        again={() => void list.fetchNextPage()}
        selected={props.selection?.ids.size ?? 0}
      >
        {props.foot}
      </Foot>
    </div>
  );
}

/** The item of a list that answers a condition, as far as pages were read: for what is open beside a table. */
export function useLoaded<Item>(
  listKey: readonly unknown[],
  isIt: (item: Item) => boolean,
): Item | undefined {
  const client = useQueryClient();
  const hash = hashKey(['list', ...listKey]);
  // Not a query of its own: it would take the place of the one the table reads with.
  const data = useSyncExternalStore(
    useCallback(
      (changed: () => void) =>
        client.getQueryCache().subscribe(({ query }) => {
          if (query.queryHash === hash) changed();
        }),
      [client, hash],
    ),
    () => client.getQueryCache().get<InfiniteData<Page<Item>>>(hash)?.state.data,
  );
  for (const page of data?.pages ?? []) {
    const found = page.items.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface RowsProps<Item> extends PagedTableProps<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly more: () => void;
}

function Rows<Item>(props: RowsProps<Item>): ReactNode {
  const { label, items, columns, idOf, onOpen, openId, selection, rowHeight = 44, hasMore, more } = props;
  const say = texts.useSay();
  const scroller = useRef<HTMLDivElement>(null);
  /** The row that is to have the focus and is not drawn yet. */
  const onItsWay = useRef<number>(undefined);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= items.length - ahead) more();
  }, [hasMore, last, items.length, more]);

  const template = [
    ...(selection ? [`${selectWidth}px`] : []),
    ...columns.map(({ width = '1fr' }) =>
      typeof width === 'number' ? `${width}px` : `minmax(${narrowest}px, ${width})`,
    ),
  ].join(' ');
  // Of all rows alike: what stands in one of them makes its columns no wider than those above.
  const minWidth = columns.reduce(
    (sum, { width }) => sum + (typeof width === 'number' ? width : narrowest),
    selection ? selectWidth : 0,
  );
  const focusRow = (index: number): void => {
    const to = Math.max(0, Math.min(items.length - 1, index));
    virtual.scrollToIndex(to, { align: 'auto' });
    const focus = (): boolean => {
      const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`);
      row?.focus({ preventScroll: true });
      return row !== undefined && row !== null;
    };
    onItsWay.current = undefined;
    if (focus()) return;
    // It is not drawn yet; keys that come before it is are meant for it.
    onItsWay.current = to;
    requestAnimationFrame(() => {
      if (onItsWay.current !== to) return;
      onItsWay.current = undefined;
      focus();
    });
  };
  const toggle = (id: string): void => {
    if (!selection) return;
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.change(ids);
  };
  const onKey = (event: KeyboardEvent<HTMLElement>, focused: number): void => {
    if (event.target !== event.currentTarget) return;
    const index = onItsWay.current ?? focused;
    const item = items[index] as Item;
    const step = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      PageDown: () => focusRow(index + step),
      PageUp: () => focusRow(index - step),
      Home: () => focusRow(0),
      End: () => focusRow(items.length - 1),
      Enter: () => onOpen?.(item),
      ' ': () => toggle(idOf(item)),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const chosen = selection?.ids.size ?? 0;
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      // Going back comes to the rows one has left.
      data-scroll-restoration-id={`list-${String(props.listKey[0])}`}
      role="grid"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : items.length + 1}
      aria-multiselectable={selection ? true : undefined}
    >
      <div
        className={styles.headRow}
        role="row"
        tabIndex={-1}
        aria-rowindex={1}
        style={{ gridTemplateColumns: template, minWidth }}
      >
        {selection && (
          <div className={styles.cell} role="columnheader" tabIndex={-1}>
            <Checkbox
              aria-label={say('selectAll')}
              checked={chosen > 0 && chosen >= items.length}
              indeterminate={chosen > 0 && chosen < items.length}
              onChange={({ target }) => selection.change(new Set(target.checked ? items.map(idOf) : []))}
            />
          </div>
        )}
        {columns.map(({ key, title, align }) => (
          <div
            key={key}
            role="columnheader"
            tabIndex={-1}
            className={`${styles.cell} ${align === 'end' ? styles.end : ''}`}
          >
            {title}
          </div>
        ))}
      </div>
      <div className={styles.rows} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const item = items[index] as Item;
          const id = idOf(item);
          const isOpen = id === openId;
          return (
            <div
              key={id}
              role="row"
              data-index={index}
              aria-rowindex={index + 2}
              aria-selected={selection ? selection.ids.has(id) : onOpen ? isOpen : undefined}
              tabIndex={index === (shown[0]?.index ?? 0) || isOpen ? 0 : -1}
              className={`${styles.row} ${onOpen ? styles.opens : ''}`}
              style={{
                gridTemplateColumns: template,
                minWidth,
                height: rowHeight,
                transform: `translateY(${start}px)`,
              }}
              onClick={onOpen ? () => onOpen(item) : undefined}
              onKeyDown={(event) => onKey(event, index)}
            >
              {selection && (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the box in it takes the keys; this only keeps a click from opening
                <div
                  className={styles.cell}
                  role="gridcell"
                  tabIndex={-1}
                  onClick={(event) => event.stopPropagation()}
                >
                  <Checkbox
                    aria-label={say('selectOne')}
                    checked={selection.ids.has(id)}
                    onChange={() => toggle(id)}
                  />
                </div>
              )}
              {columns.map((column) => (
                <div
                  key={column.key}
                  role="gridcell"
                  tabIndex={-1}
                  className={`${styles.cell} ${column.align === 'end' ? styles.end : ''}`}
                >
                  {column.show(item)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface FootProps {
  readonly count: number;
  readonly isAll: boolean;
  readonly failed: boolean;
  readonly again: () => void;
  readonly selected: number;
  readonly children?: ReactNode;
}

function Foot({ count, isAll, failed, again, selected, children }: FootProps): ReactNode {
  const say = texts.useSay();
  return (
    <div className={styles.foot}>
      <span role="status">{say(isAll ? 'all' : 'more', { count })}</span>
      {selected > 0 && <span>{say('selected', { count: selected })}</span>}
      {failed && (
        <span role="alert">
          {say('moreFailed')}{' '}
          <Button size="small" onClick={again}>
            {say('retry')}
          </Button>
        </span>
      )}
      {children}
    </div>
  );
}
