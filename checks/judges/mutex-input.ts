/** `lock` tells several locks apart; one lock unless given. */
export type MutexInput =
  /** Answers `false` where the lock was not to be had, and otherwise anything, or a {@link Grant}. */
  | { readonly action: 'acquire'; readonly lock?: unknown }
  | { readonly action: 'release'; readonly lock?: unknown }
  /** Something done under the lock's protection, which the resource should refuse where it has seen a higher token. */
  | { readonly action: 'write'; readonly lock?: unknown; readonly token: number }

/** What an acquire may answer beside success; a bare number is a token. */
export interface Grant {
  /** The fencing token. */
  readonly token?: number
  /** How long the holder may hold the lock without release, from the moment that it was granted. */
  readonly leaseMs?: number
}
