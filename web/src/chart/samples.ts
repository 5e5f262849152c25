const STEP = 100;
const MOST = 1_000;

/** How many buckets to ask for at a width: one per 1.5 pixels, in steps so that browsers of all sizes share answers. */
export const samplesFor = (width: number): number =>
  Math.min(MOST, Math.max(STEP, Math.ceil(width / 1.5 / STEP) * STEP));
