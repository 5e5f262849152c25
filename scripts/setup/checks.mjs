import { runTool } from './processes.mjs';
import { say, seconds } from './say.mjs';

const CHECKS = [
  { name: 'style', tool: 'biome', args: ['check', '--error-on-warnings'] },
  { name: 'types', tool: 'tsc', args: ['--noEmit'] },
  { name: 'types of the page', tool: 'tsc', args: ['--noEmit', '--project', 'web'] },
  { name: 'dead code', tool: 'knip', args: [] },
];

/** Runs every check, also after one has failed. Resolves with the names of those that failed. */
export async function runChecks() {
  const failed = [];
  for (const { name, tool, args } of CHECKS) {
    const began = Date.now();
    const passed = (await runTool(tool, args)) === 0;
    say(`${name}: ${passed ? 'passed' : 'FAILED'} in ${seconds(began)}`);
    if (!passed) failed.push(name);
  }
  return failed;
}
