import type { UseQueryResult } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Input } from 'antd';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import type { HubSchemas } from '../../../api/client.ts';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';
import type { ChosenField } from './insert.ts';
import { fieldType, type TextDesk } from './setup.ts';

type Sides = HubSchemas['MappingSides'];
type AnyField = Sides['ours'][number] | Sides['theirs'][number];

interface FieldTreeProps {
  readonly side: 'ours' | 'theirs';
  readonly sides: UseQueryResult<Sides>;
  readonly desk: TextDesk;
  readonly canInsert: boolean;
}

/** The fields of one side: drag one into the text, or press Enter on it. */
export function FieldTree({ side, sides, desk, canInsert }: FieldTreeProps): ReactNode {
  const say = texts.useSay();
  return (
    <div className={styles.fill}>
      <QueryView
        query={sides}
        isEmpty={(data) => data[side].length === 0}
        empty={<Nothing>{say('notDescribed')}</Nothing>}
      >
        {(data) => <Tree side={side} fields={data[side]} desk={desk} canInsert={canInsert} />}
      </QueryView>
    </div>
  );
}

/** How deep a field stands: what is around it, by its path. */
function levelOf(path: string): number {
  return path.split('.').length;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.'))).replace(/\[\]$/, '');
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

const rowHeight = 30;

function Tree({
  side,
  fields,
  desk,
  canInsert,
}: {
  readonly side: 'ours' | 'theirs';
  readonly fields: readonly AnyField[];
  readonly desk: TextDesk;
  readonly canInsert: boolean;
}): ReactNode {
  const say = texts.useSay();
  const [filter, setFilter] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [here, setHere] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const parents = useMemo(() => new Set(fields.map(({ path }) => parentOf(path))), [fields]);
  const shown = useMemo(() => visible(fields, filter, closed), [fields, filter, closed]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const chosenOf = (field: AnyField): ChosenField => ({ side, field }) as ChosenField;
  const focus = (index: number): void => {
    const to = Math.max(0, Math.min(shown.length - 1, index));
    setHere(to);
    virtual.scrollToIndex(to);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus({ preventScroll: true }),
    );
  };
  const open = (path: string, isOpen: boolean): void => {
    const next = new Set(closed);
    if (isOpen) next.delete(path);
    else next.add(path);
    setClosed(next);
  };
  const onKey = (event: KeyboardEvent, index: number, field: AnyField): void => {
    const isParent = parents.has(field.path);
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(index + 1),
      ArrowUp: () => focus(index - 1),
      Home: () => focus(0),
      End: () => focus(shown.length - 1),
      ArrowRight: () => (isParent && closed.has(field.path) ? open(field.path, true) : focus(index + 1)),
      ArrowLeft: () =>
        isParent && !closed.has(field.path)
          ? open(field.path, false)
          : focus(shown.findIndex(({ path }) => path === parentOf(field.path))),
      Enter: () => canInsert && desk.insert(chosenOf(field)),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <div className={styles.column}>
      <Input
        allowClear
        value={filter}
        placeholder={say('filterFields')}
        aria-label={say('filterFields')}
        onChange={({ target }) => setFilter(target.value)}
      />
      <div ref={scroller} className={styles.scroll}>
        <div
          role="tree"
          aria-label={say(side === 'ours' ? 'ourFields' : 'theirFields')}
          style={{ height: virtual.getTotalSize(), position: 'relative' }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const field = shown[index] as AnyField;
            const isParent = parents.has(field.path);
            const kind = 'type' in field ? (field.type ?? field.kind) : field.types.join(' | ') || field.kind;
            return (
              <div
                key={field.path}
                role="treeitem"
                data-index={index}
                aria-level={levelOf(field.path)}
                aria-expanded={isParent ? !closed.has(field.path) : undefined}
                aria-selected={index === here}
                tabIndex={index === Math.min(here, shown.length - 1) ? 0 : -1}
                className={styles.field}
                title={field.description}
                draggable={canInsert}
                style={{
                  height: rowHeight,
                  transform: `translateY(${start}px)`,
                  paddingInlineStart: 8 + 16 * (levelOf(field.path) - 1),
                }}
                onFocus={() => setHere(index)}
                onKeyDown={(event) => onKey(event, index, field)}
                onClick={() => isParent && open(field.path, closed.has(field.path))}
                onDoubleClick={() => canInsert && desk.insert(chosenOf(field))}
                onDragStart={(event) => {
                  event.dataTransfer.setData(fieldType, JSON.stringify(chosenOf(field)));
                  event.dataTransfer.setData('text/plain', field.path);
                  event.dataTransfer.effectAllowed = 'copy';
                }}
              >
                <span aria-hidden className={styles.fold}>
                  {isParent ? (closed.has(field.path) ? '▸' : '▾') : ''}
                </span>
                <code>{lastName(field.path)}</code>
                {field.required && (
                  <span className={styles.needed} title={say('needed')}>
                    *
                  </span>
                )}
                <span className={styles.kind}>{kind}</span>
                <span className={styles.meaning}>{field.description}</span>
              </div>
            );
          })}
        </div>
      </div>
      <div className={styles.quiet}>
        {say(canInsert ? 'howToInsert' : 'fieldCount', { count: shown.length })}
      </div>
    </div>
  );
}

/** What is in sight: all below open parents; with a filter what fits, and what is around it. */
function visible(
  fields: readonly AnyField[],
  filter: string,
  closed: ReadonlySet<string>,
): readonly AnyField[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted !== '') {
    const kept = new Set<string>();
    for (const { path, description } of fields) {
      if (!path.toLowerCase().includes(wanted) && !description.toLowerCase().includes(wanted)) continue;
      for (let one = path; one !== ''; one = parentOf(one)) kept.add(one);
    }
    return fields.filter(({ path }) => kept.has(path));
  }
  const isHidden = (path: string): boolean => {
    for (let one = parentOf(path); one !== ''; one = parentOf(one)) if (closed.has(one)) return true;
    return false;
  };
  return fields.filter(({ path }) => !isHidden(path));
}
