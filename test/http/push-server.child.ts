import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../src/main.ts';

/** The whole server in a folder, for tests that kill it. Tells its port. */
const folder = process.argv[2] as string;
writeFileSync(join(folder, 'varve.config.ts'), "export default { hostSource: false, logLevel: 'warn' };\n");
const varve = await start({ port: '0', data: folder, noAuth: true }, folder);
process.send?.({ port: Number(new URL(varve.url).port) });
