import { Command } from 'commander';
import { version } from '../version.ts';
import { addAgent } from './commands/agent.ts';
import { addBackfill } from './commands/backfill.ts';
import { addConfig } from './commands/config.ts';
import { addCoverage } from './commands/coverage.ts';
import { addDoctor } from './commands/doctor.ts';
import { addImportLog } from './commands/import-log.ts';
import { addJobs } from './commands/jobs.ts';
import { addLogs } from './commands/logs.ts';
import { addOrg } from './commands/org.ts';
import { addPush } from './commands/push.ts';
import { addQuery } from './commands/query.ts';
import { addSampleArchive } from './commands/sample-archive.ts';
import { addSeries } from './commands/series.ts';
import { addServe } from './commands/serve.ts';
import { addSources } from './commands/sources.ts';
import { addToken } from './commands/token.ts';
import { addUser } from './commands/user.ts';
import { examples } from './options.ts';

/** The command line with all its commands. Building it loads nothing that a command needs only when it runs. */
export function createProgram(): Command {
  const program = new Command('varve')
    .description('A self-hosted time-series backend for dashboards: history freezes, answers say what they know.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--data <folder>', 'folder of the store (VARVE_DATA; ./data)')
    .option('--config <file>', 'configuration file (VARVE_CONFIG; ./varve.config.ts if it is there)')
    .option('--debug', 'show where an error came from')
    .exitOverride()
    .showHelpAfterError('Add --help to see what there is.')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'varve: ')) });
  addServe(program);
  addPush(program);
  addAgent(program);
  addBackfill(program);
  addSources(program);
  addSeries(program);
  addQuery(program);
  addCoverage(program);
  addJobs(program);
  addLogs(program);
  addImportLog(program);
  addSampleArchive(program);
  addUser(program);
  addOrg(program);
  addToken(program);
  addConfig(program);
  addDoctor(program);
  examples(
    program,
    ['varve serve', 'serve the page and the API at http://127.0.0.1:7357'],
    ['varve sample-archive --days 3', 'write a simulated archive to play with'],
    ['varve backfill sample', 'read an archive into history'],
    ['varve query sample.viewers --window 7d', 'show a series'],
    ['varve doctor', 'find out what is wrong'],
  );
  return program;
}
