import type { ReactNode } from 'react';
import { Add } from './Add.tsx';
import { Configuration } from './Configuration.tsx';
import { Detail } from './Detail.tsx';
import { List } from './List.tsx';
import { connectionsRoute } from './route.ts';

export default function Page(): ReactNode {
  const { connection, view } = connectionsRoute.useSearch();
  if (connection !== undefined) return <Detail key={connection} id={connection} />;
  if (view === 'add') return <Add />;
  if (view === 'configuration') return <Configuration />;
  return <List />;
}
