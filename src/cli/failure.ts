import { EXIT, type ExitCode } from './environment.js';
import type { Terminal } from './terminal.js';

/** Something a person can mend: the message says what is wrong and what to do, and needs no stack trace. */
export class VerbError extends Error {
  readonly exit: ExitCode;

  constructor(message: string, exit: ExitCode = EXIT.failed) {
    super(message);
    this.name = 'VerbError';
    this.exit = exit;
  }
}

/** Tells a failure in one line; the stack only of what nobody expected. */
export function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  const { paint, note } = terminal;
  if (error instanceof VerbError) {
    note(`${paint.red('error')}  ${error.message}`);
    return error.exit;
  }
  const code = codeOf(error);
  if (error instanceof Error && code !== undefined) {
    note(`${paint.red('error')}  ${error.message} ${paint.dim(`(${code})`)}`);
    return code === 'DIRECTORY_IN_USE' ? EXIT.inUse : EXIT.failed;
  }
  note(`${paint.red('error')}  unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.failed;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
