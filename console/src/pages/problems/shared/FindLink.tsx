import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** Leads to a record by its number, or whatever it is known by. */
export function FindLink({ number }: { readonly number: string | null | undefined }): ReactNode {
  if (number === null || number === undefined || number === '') return '—';
  return (
    <Link to="/find" search={{ q: number }} onClick={(event) => event.stopPropagation()}>
      {number}
    </Link>
  );
}
