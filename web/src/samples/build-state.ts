import type { PublicationBody } from '../api/bodies.ts';
import { lengthText, moment } from '../time/format-time.ts';
import { type Instant, SECOND } from '../time/spans.ts';

/** A build that takes longer keeps others waiting. */
const SLOW = 2 * SECOND;
const FINE = 10 * SECOND;

export type BuildTrouble = 'failing' | 'slow' | 'behind';

/** What is wrong with the builds of a window; undefined when nothing is. Being behind is trouble only past the promised age. */
export function buildTrouble(publication: PublicationBody, now: Instant): BuildTrouble | undefined {
  const { failingSince, buildDuration, behind, expiresAt } = publication;
  if (failingSince !== null) return 'failing';
  if (behind && expiresAt !== null && now > expiresAt) return 'behind';
  return buildDuration !== null && buildDuration >= SLOW ? 'slow' : undefined;
}

export function durationText(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  return milliseconds < FINE ? `${(milliseconds / SECOND).toFixed(1)} s` : lengthText(milliseconds);
}

/** The trouble in a sentence, with since when and how often. */
export function troubleText(publication: PublicationBody, trouble: BuildTrouble, zone: string, now: Instant): string {
  const { failingSince, failures, generatedAt, buildDuration } = publication;
  if (trouble === 'failing' && failingSince !== null) {
    return `failing since ${moment(failingSince, zone, now)}, ${failures} time${failures === 1 ? '' : 's'}`;
  }
  if (trouble === 'behind' && generatedAt !== null)
    return `behind: the last build is ${lengthText(now - generatedAt)} old`;
  return buildDuration === null ? 'slow' : `slow: ${durationText(buildDuration)} a build`;
}
