/** As many devices side by side as can be read; one below the other on a phone. */
export const DEVICE_GRID = 'mt-3 grid grid-cols-[repeat(auto-fill,minmax(min(100%,26rem),1fr))] items-start gap-3';
