// npm test: every check and every test; with arguments, only the tests they name.
import { runChecks } from './setup/checks.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensurePage } from './setup/page.mjs';
import { ensurePeers } from './setup/peers.mjs';
import { runTool } from './setup/processes.mjs';
import { giveUp } from './setup/say.mjs';

const chosen = process.argv.slice(2);
await ensureDependencies('development');
await ensurePage();
await ensurePeers();
const failedChecks = chosen.length === 0 ? await runChecks() : [];
const code = await runTool('vitest', ['run', ...chosen]);
if (failedChecks.length > 0) giveUp(`failed checks: ${failedChecks.join(', ')}`);
process.exit(code);
