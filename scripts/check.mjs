// npm run check: style, types and dead code.
import { runChecks } from './setup/checks.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';

await ensureDependencies('development');
process.exit((await runChecks()).length === 0 ? 0 : 1);
