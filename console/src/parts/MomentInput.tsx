import { Input } from 'antd';
import type { ReactNode } from 'react';

interface MomentInputProps {
  /** UTC ISO-8601. */
  readonly value?: string | undefined;
  readonly onChange?: (value: string | undefined) => void;
  readonly id?: string;
  readonly label?: string;
}

/** A moment to choose, shown in the time zone of the browser; for forms and filters. */
export function MomentInput({ value, onChange, id, label }: MomentInputProps): ReactNode {
  return (
    <Input
      id={id}
      type="datetime-local"
      aria-label={label}
      value={value === undefined ? '' : localText(value)}
      onChange={({ target }) => {
        const moment = new Date(target.value);
        onChange?.(Number.isNaN(moment.getTime()) ? undefined : moment.toISOString());
      }}
    />
  );
}

/** `2026-11-02T14:03`, as browsers want it. */
function localText(at: string): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
