import { z } from 'zod';
import { parseDuration } from '../domain/time.ts';

/** A duration as configurations write it, `30s` or `7d`, in milliseconds. */
export const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no duration; write 30s, 5m, 2h or 7d` });
  return z.NEVER;
});
