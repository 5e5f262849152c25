import { reportFailure } from './failure.ts';
import { createProgram } from './program.ts';

/** Entry of the command line: parses the arguments, runs one command, and turns whatever goes wrong into a message and an exit code. */
const program = createProgram();

// A reader that has seen enough, such as `head`, closes the pipe: nothing is wrong then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = await reportFailure(error, program.opts<{ debug?: boolean }>().debug === true);
}
