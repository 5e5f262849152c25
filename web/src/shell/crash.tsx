import { Component, type ReactNode } from 'react';
import { ProblemNote } from '../parts/problem-note.tsx';

interface CrashState {
  readonly error: unknown;
}

/** Keeps header and footer when a view breaks, and says what broke. */
export class Crash extends Component<{ readonly children: ReactNode }, CrashState> {
  override state: CrashState = { error: null };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="pt-8">
        <ProblemNote
          what="This view broke, and reloading may help"
          error={this.state.error}
          onRetry={() => location.reload()}
        />
      </div>
    );
  }
}
