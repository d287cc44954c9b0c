import type { Peer } from './identifiers.ts'

/** What a request is for: what the node must know when the reply comes, or when none does. */
export type Purpose =
  | { readonly type: 'stabilize' }
  | { readonly type: 'adopt'; readonly reunites: boolean }
  | { readonly type: 'rectify'; readonly notifier: Peer }
  | { readonly type: 'lookup'; readonly lookup: number }
  | { readonly type: 'place'; readonly placement: number }
  | { readonly type: 'read'; readonly reading: number }
  | { readonly type: 'put' | 'get'; readonly client: string; readonly from: string; readonly serial: number }

/** Time to send a request again, or to give its receiver up. */
export interface RetryTimer {
  readonly type: 'retry'
  readonly request: number
}
