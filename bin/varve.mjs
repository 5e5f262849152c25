#!/usr/bin/env node
import { join } from 'node:path';
import { launch, projectFolder } from './runtime.mjs';

await launch(join(projectFolder, 'src', 'cli', 'main.ts'), process.argv.slice(2));
