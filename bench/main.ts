import { benchActivity, benchSmallActivity } from './activity.ts';
import { benchAnswers, benchFlatness } from './answers.ts';
import { benchBackfill, benchReaders } from './backfill.ts';
import { benchIngest } from './ingest.ts';
import { benchLanding } from './landing.ts';
import { Report } from './report.ts';
import { benchWindows } from './windows.ts';

const SUITES: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  answers: benchAnswers,
  flatness: benchFlatness,
  landing: benchLanding,
  backfill: benchBackfill,
  readers: benchReaders,
  activity: benchActivity,
  'activity-small': benchSmallActivity,
  windows: benchWindows,
  ingest: benchIngest,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
const report = new Report();
for (const [name, suite] of Object.entries(SUITES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  report.note(`suite ${name}`);
  await suite(report);
  report.write(name, new Date().toISOString().slice(0, 10));
}
