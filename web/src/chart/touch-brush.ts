/**
 * Lets a finger do what the mouse does on the chart: a tap points, a sideways drag brushes; up and down still scrolls
 * the page. The chart library listens to mouse events only, and browsers make none from drags.
 */
export function brushByTouch(over: HTMLElement): () => void {
  over.style.touchAction = 'pan-y';
  const pass = (type: string) => (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return;
    const target = type === 'mouseup' ? document : over;
    const { clientX, clientY } = event;
    target.dispatchEvent(
      new MouseEvent(type, { clientX, clientY, button: 0, bubbles: type !== 'mouseup', movementX: 1 }),
    );
  };
  const [down, move, up] = [pass('mousedown'), pass('mousemove'), pass('mouseup')];
  over.addEventListener('pointerdown', down);
  over.addEventListener('pointermove', move);
  over.addEventListener('pointerup', up);
  over.addEventListener('pointercancel', up);
  return () => {
    over.removeEventListener('pointerdown', down);
    over.removeEventListener('pointermove', move);
    over.removeEventListener('pointerup', up);
    over.removeEventListener('pointercancel', up);
  };
}
