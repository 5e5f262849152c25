/** Requests of one address that change something. People click; scripts that loop should notice. */
export const CHANGES_A_MINUTE = { max: 120, timeWindow: 60_000 };

/** Streams that one address may open; a page that cannot stay connected tries every few seconds. */
export const STREAMS_A_MINUTE = { max: 3_000, timeWindow: 60_000 };

/** Streams open at once. */
export const MOST_STREAMS = 2_000;

/** Requests of one address for names of ids. */
export const LOOKUPS_A_MINUTE = { max: 50, timeWindow: 60_000 };
