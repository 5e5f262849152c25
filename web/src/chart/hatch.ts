import type { MissingReason } from '../api/bodies.ts';

const TILE = 8;

type Mark = (tile: CanvasRenderingContext2D) => void;

const line =
  (...corners: readonly (readonly [number, number, number, number])[]): Mark =>
  (tile) => {
    tile.beginPath();
    for (const [x1, y1, x2, y2] of corners) {
      tile.moveTo(x1, y1);
      tile.lineTo(x2, y2);
    }
    tile.stroke();
  };

const dots: Mark = (tile) => {
  tile.beginPath();
  for (const [x, y] of [
    [2, 2],
    [6, 6],
  ] as const) {
    tile.moveTo(x + 0.8, y);
    tile.arc(x, y, 0.8, 0, 2 * Math.PI);
  }
  tile.fill();
};

const MARKS: Readonly<Record<MissingReason, Mark>> = {
  failed: line([-1, 1, 1, -1], [0, 8, 8, 0], [7, 9, 9, 7]),
  'never-asked': line([-1, 7, 1, 9], [0, 0, 8, 8], [7, -1, 9, 1]),
  empty: dots,
  'not-closed': line([2, 0, 2, 8], [6, 0, 6, 8]),
};

/** A tile of the pattern by which a reason is known, whatever its colour. */
export function hatchTile(reason: MissingReason, colour: string, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(TILE * ratio);
  canvas.height = canvas.width;
  const tile = canvas.getContext('2d');
  if (!tile) return canvas;
  tile.scale(canvas.width / TILE, canvas.height / TILE);
  tile.strokeStyle = colour;
  tile.fillStyle = colour;
  tile.lineWidth = reason === 'failed' ? 1 : 0.8;
  MARKS[reason](tile);
  return canvas;
}
