#!/usr/bin/env node
// Runs a tool of node_modules, or a file, under Node 24: node bin/run.mjs vitest run
import { launch, programFile } from './runtime.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) {
  process.stderr.write('usage: node bin/run.mjs <tool or file> [arguments]\n');
  process.exit(2);
}
await launch(programFile(program), args);
