import { useState } from 'react';
import { Button } from '../../parts/button.tsx';

interface SureButtonProps {
  readonly children: string;
  readonly sure: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** Asks once more before it does what cannot be undone. */
export function SureButton({ children, sure, disabled = false, onClick }: SureButtonProps) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      look="danger"
      disabled={disabled}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) onClick();
        setAsked(!asked);
      }}
    >
      {asked ? sure : children}
    </Button>
  );
}
