import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { SourceBody } from '../api/bodies.ts';
import { IconButton } from '../parts/icon-button.tsx';
import type { Instant } from '../time/spans.ts';
import { BackfillForm } from './backfill-form.tsx';

interface BackfillDialogProps {
  readonly archive: SourceBody;
  readonly zone: string;
  readonly now: Instant;
}

export function BackfillDialog({ archive, zone, now }: BackfillDialogProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="inline-flex h-8 shrink-0 items-center rounded-md border border-line-strong bg-panel px-3 text-sm font-medium transition-colors hover:bg-hover">
        Backfill…
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-104 max-w-[calc(100vw-2rem)] -translate-x-1/2 animate-appear rounded-xl border border-line-strong bg-raised p-5 shadow-float"
        >
          <div className="flex items-start justify-between gap-4">
            <Dialog.Title className="text-lg font-semibold tracking-tight">Backfill {archive.name}</Dialog.Title>
            <div className="-mt-1 -mr-1">
              <IconButton label="Close" onClick={() => setOpen(false)}>
                <X size={15} aria-hidden />
              </IconButton>
            </div>
          </div>
          <BackfillForm archive={archive} zone={zone} now={now} onStarted={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
