import { type RefObject, useEffect, useRef, useState } from 'react';

/** Whether an element is on the screen or nearly so. */
export function useNearScreen(): readonly [RefObject<HTMLUListElement | null>, boolean] {
  const element = useRef<HTMLUListElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: '150px',
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, near];
}
