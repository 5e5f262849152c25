/** The ends of the value axis: room above and below, and zero where it belongs to the picture. */
export function valueRange(low: number, high: number, fromZero: boolean): [number, number] {
  if (low === high) {
    if (low === 0) return [0, 1];
    const room = Math.abs(low) * 0.1;
    return fromZero && low > 0 ? [0, high + room] : [low - room, high + room];
  }
  const room = (high - low) * 0.08;
  const nearZero = low >= 0 && low < (high - low) * 1.2;
  const bottom = low >= 0 && (fromZero || nearZero) ? 0 : low - room;
  const top = high <= 0 && -high < (high - low) * 1.2 ? 0 : high + room;
  return [bottom, top];
}
