/** Why the feed ended for good. What waiting may mend is not among them. */
export type FeedErrorCode =
  /** A setting is outside its bounds, or the server refuses it. */
  | 'FEED_SETTINGS_REFUSED'
  /** A setting of the existing stream differs and cannot be changed. */
  | 'FEED_SETTING_FIXED'
  /** Another stream takes messages of these subjects. */
  | 'FEED_SUBJECTS_TAKEN'
  /** The stream of this name is not this ledger's. */
  | 'FEED_OF_ANOTHER_LEDGER'
  /** The stream holds more events than the log: the log lost its tail, or something else published. */
  | 'FEED_AHEAD_OF_LOG'
  /** The stream's last message is not the log's event of that number. */
  | 'FEED_DIFFERS_FROM_LOG';

/** The feed stopped, and stays stopped until somebody has acted: the message says what to do. The ledger goes on without it. */
export class FeedError extends Error {
  readonly code: FeedErrorCode;
  readonly retryable = false;

  constructor(code: FeedErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'FeedError';
    this.code = code;
  }
}
