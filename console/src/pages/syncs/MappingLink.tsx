import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** Leads to the mapping a party speaks, as that party speaks it. */
export function MappingLink({
  mapping,
  connection,
}: {
  readonly mapping: string;
  readonly connection: string;
}): ReactNode {
  const [folder = '', name = ''] = mapping.split('/');
  return (
    <Link to="/mappings/$folder/$name" params={{ folder, name }} search={{ connection }}>
      {mapping}
    </Link>
  );
}
