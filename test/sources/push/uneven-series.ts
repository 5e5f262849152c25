/** A series as real sensors write it: in parts, with stamps that repeat with other values, steps back in time, jitter, and holes. */
export function unevenSeries(start: number, every: number, count: number): [number, number][] {
  const samples: [number, number][] = [];
  let state = 7;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (let index = 0; index < count; index++) {
    const at = start + index * every + Math.round((random() - 0.5) * every * 0.2);
    const value = Math.round((20 + 5 * Math.sin(index / 50) + random()) * 100) / 100;
    if (index % 400 > 370) continue;
    samples.push([at, value]);
    if (random() < 0.05) samples.push([at, value + 1]);
    // The clock was set back by almost an hour, and the same time comes again with other values.
    if (index % 500 === 499)
      for (let again = 11; again > 0; again--) samples.push([start + (index - again) * every, 50 + again]);
  }
  return samples;
}
