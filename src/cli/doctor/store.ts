import { existsSync } from 'node:fs';
import type { Instant } from '../../domain/time.ts';
import { MINUTE, toIso } from '../../domain/time.ts';
import { migrationNames } from '../../store/migrations/migrate.ts';
import type { StoreLocation } from '../../store/open.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What looking into a store without changing anything told. */
export interface StoreLook {
  /** Which store, for people. */
  readonly name: string;
  /** Names of the migrations that were run; undefined where it is no store of Varve yet. */
  readonly migrations: readonly string[] | undefined;
  /** Why it could not be written, if so. */
  readonly unwritable: string | undefined;
  /** Damage that was found. */
  readonly damage: string | undefined;
  /** When anything was last told to subscribers. */
  readonly newestEvent: Instant | null;
  /** How far ahead the store's own clock is, where it has one. */
  readonly clockAhead: number | undefined;
}

/** Looks whether the store can be opened, has the right schema and can be written. Changes nothing: a migration is for who starts it. */
export async function checkStore(location: StoreLocation, now: Instant): Promise<Finding[]> {
  if ('file' in location && !existsSync(location.file)) {
    return [ok('store', `${location.file} is not there yet; varve serve or varve backfill makes it`)];
  }
  try {
    const look =
      'file' in location
        ? (await import('./sqlite-store.ts')).lookIntoSqlite(location.file)
        : await (await import('./postgres-store.ts')).lookIntoPostgres(location.url);
    return findingsOf(look, now);
  } catch (error) {
    const text = `the store cannot be opened: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`;
    if ('file' in location)
      return [fail('store', `${location.file}: ${text}`, 'restore it from a copy, or name another folder by --data')];
    return [
      fail(
        'store',
        text,
        'check that PostgreSQL runs and that DATABASE_URL names its host, database, user and password',
      ),
    ];
  }
}

/** Judges what was seen. */
export function findingsOf(look: StoreLook, now: Instant): Finding[] {
  const { name, migrations, unwritable, damage, newestEvent, clockAhead } = look;
  const findings: Finding[] = [];
  if (damage !== undefined)
    findings.push(fail('store', `${name} is damaged: ${damage}`, 'stop Varve and restore it from a copy'));
  if (unwritable !== undefined) {
    findings.push(fail('store', `${name} cannot be written: ${unwritable}`, 'allow this user to write it'));
  }
  if (findings.length === 0) findings.push(schemaFinding(name, migrations));
  if (newestEvent !== null && newestEvent > now + MINUTE) {
    const text = `the store was written at ${toIso(newestEvent)}, which is still to come`;
    findings.push(
      warn('clock', text, 'the clock went back, or another machine that writes here is ahead; set the clocks'),
    );
  }
  if (clockAhead !== undefined && Math.abs(clockAhead) > MINUTE) {
    const text = `the clock of the database is ${Math.round(Math.abs(clockAhead) / 1000)} s ${clockAhead > 0 ? 'ahead' : 'behind'}`;
    findings.push(warn('clock', text, 'set the clocks of both machines'));
  }
  return findings;
}

function schemaFinding(name: string, migrations: readonly string[] | undefined): Finding {
  if (migrations === undefined) return ok('store', `${name} is empty; the first start makes its tables`);
  const unknown = migrations.filter((migration) => !migrationNames.includes(migration));
  if (unknown.length > 0) {
    return fail('store', `${name} was made by a newer Varve (${unknown.join(', ')})`, 'update this Varve');
  }
  const waiting = migrationNames.length - migrations.length;
  return waiting > 0
    ? ok('store', `${name}; ${waiting} migration${waiting === 1 ? '' : 's'} will be run at the next start`)
    : ok('store', `${name}; its schema is up to date`);
}
