import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { HubProblem } from './api/problem.ts';
import { newQueryClient } from './api/queries.ts';
import { languageNow } from './language/index.ts';
import { loadSentences } from './language/useSentences.ts';
import { newRouter } from './routes.tsx';
import { Look } from './shell/Look.tsx';
import './styles.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const queries = newQueryClient();
const router = newRouter(queries);

// Also for the moment in which the hub cannot be reached any more.
if (languageNow() === 'zh-CN') void loadSentences();

const onCaughtError = (error: unknown): void => {
  // Refusals are shown where they happen; all else is a fault, and whoever looks for it looks there.
  if (!(error instanceof HubProblem)) console.error(error);
};

createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Look>
        <RouterProvider router={router} />
      </Look>
    </QueryClientProvider>
  </StrictMode>,
);
