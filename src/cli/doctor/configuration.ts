import { statSync } from 'node:fs';
import {
  type Config,
  ConfigError,
  ENVIRONMENT_NAMES,
  type Flags,
  loadConfig,
  reviewEnvironment,
} from '../../config.ts';
import { closest } from '../../domain/closest.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether the configuration can be used; it comes along when it can. */
export async function checkConfiguration(flags: Flags): Promise<{ config: Config | undefined; findings: Finding[] }> {
  const findings = checkEnvironment();
  try {
    const config = await loadConfig(flags);
    const count = config.archives.length;
    const archives = count === 0 ? 'no archives' : `${count} archive${count === 1 ? '' : 's'}`;
    findings.push(ok('configuration', `${config.file ?? 'no file, so the defaults hold'}; ${archives}`));
    return { config, findings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend = 'mend it; varve config show tells whether it holds';
    findings.push(...error.problems.map((problem) => fail('configuration', problem, mend)));
    return { config: undefined, findings };
  }
}

function checkEnvironment(): Finding[] {
  const { file, namesInFile, unknown } = reviewEnvironment();
  const findings = unknown.map((name) => {
    const near = closest(name, ENVIRONMENT_NAMES);
    return warn(
      'environment',
      `${name} is no setting`,
      near ? `did you mean ${near}?` : `there are ${ENVIRONMENT_NAMES.join(', ')}`,
    );
  });
  if (file === null) return findings.length > 0 ? findings : [ok('environment', 'no .env file')];
  const ignored = namesInFile.filter((name) => !/^(VARVE|AWS)_/.test(name) && !ENVIRONMENT_NAMES.includes(name));
  if (ignored.length > 0) {
    const mend = 'set them in the environment of the process itself, where e.g. the S3 client looks for credentials';
    findings.push(warn('environment', `${file}: ${ignored.join(', ')} not read from this file`, mend));
  }
  const mayHoldSecret = ignored.length > 0 || namesInFile.includes('DATABASE_URL');
  if (mayHoldSecret && (statSync(file).mode & 0o044) !== 0 && process.platform !== 'win32') {
    findings.push(warn('environment', `${file} can be read by other users`, `chmod 600 ${file}`));
  }
  return findings.length > 0 ? findings : [ok('environment', file)];
}
