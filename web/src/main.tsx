import './browser-language.ts';
import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AccountsGate } from './accounts/accounts-gate.tsx';
import { queryClient } from './api/query-client.ts';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <AccountsGate>
        <App />
      </AccountsGate>
    </QueryClientProvider>
  </StrictMode>,
);
