// npm start: everything a fresh clone needs, then `varve serve` with the given arguments.
import { join } from 'node:path';
import { launch, projectFolder } from '../bin/runtime.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensurePage } from './setup/page.mjs';

await ensureDependencies('runtime');
await ensurePage();
await launch(join(projectFolder, 'src', 'cli', 'main.ts'), ['serve', ...process.argv.slice(2)]);
