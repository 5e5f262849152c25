import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { usePollWhileOffline } from './live/poll-while-offline.ts';
import { OverviewPage } from './overview/overview-page.tsx';
import { Crash } from './shell/crash.tsx';
import { Footer } from './shell/footer.tsx';
import { Header } from './shell/header.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { PageSkeleton } from './shell/page-skeleton.tsx';
import { SkipLink } from './shell/skip-link.tsx';

const SeriesPage = lazy(() => import('./series/series-page.tsx'));
const ActivityPage = lazy(() => import('./activity/activity-page.tsx'));
const SamplesPage = lazy(() => import('./samples/samples-page.tsx'));
const SamplesViewPage = lazy(() => import('./samples/samples-view-page.tsx'));
const ArchivesPage = lazy(() => import('./archives/archives-page.tsx'));
const SettingsPage = lazy(() => import('./accounts/settings/settings-page.tsx'));
const ConfigurationPage = lazy(() => import('./configuration/configuration-page.tsx'));

export function App() {
  usePollWhileOffline();
  const [path] = useLocation();
  return (
    <>
      <SkipLink />
      <Header />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto min-h-[calc(100dvh-3rem)] w-full max-w-[1440px] px-4 pb-12 outline-none sm:px-6"
      >
        <Crash key={path}>
          <Suspense fallback={<PageSkeleton />}>
            <Switch>
              <Route path="/" component={OverviewPage} />
              <Route path="/series/:id">{({ id }) => <SeriesPage key={id} id={id} />}</Route>
              <Route path="/samples" component={SamplesPage} />
              <Route path="/samples/:id">{({ id }) => <SamplesViewPage key={id} id={id} />}</Route>
              <Route path="/archives" component={ArchivesPage} />
              <Route path="/activity" component={ActivityPage} />
              <Route path="/settings/:part?">
                <SettingsPage />
              </Route>
              <Route path="/configuration" component={ConfigurationPage} />
              <Route component={NotFoundPage} />
            </Switch>
          </Suspense>
        </Crash>
      </main>
      <Footer />
    </>
  );
}
