/**
 * What members of a group tell about themselves, each in a record of its own, spread by gossip: only its owner changes
 * a record, and of two the later one counts (Epidemic Algorithms for Replicated Database Maintenance, Demers et al.,
 * PODC 1987: anti-entropy by push and pull).
 */
export interface GossipRecord<Content> {
  readonly owner: string
  /** Rises with each start of the owner. */
  readonly generation: number
  /** Rises with each change, and begins anew with a generation. */
  readonly version: number
  readonly content: Content
}

/** The latest that is known of each owner, by its name. Plain data. */
export type GossipRecords<Content> = Map<string, GossipRecord<Content>>

/** What one knows, for another to find what is missing: owner, generation, version. */
export type GossipDigest = readonly (readonly [owner: string, generation: number, version: number])[]

export function digestRecords(records: ReadonlyMap<string, GossipRecord<unknown>>): GossipDigest {
  return [...records.values()].map(({ owner, generation, version }) => [owner, generation, version] as const)
}

/** The records that the one with the digest lacks, or has older. */
export function recordsMissing<Content>(
  records: ReadonlyMap<string, GossipRecord<Content>>,
  digest: GossipDigest,
): readonly GossipRecord<Content>[] {
  const known = new Map(digest.map(([owner, generation, version]) => [owner, { generation, version }]))
  return [...records.values()].filter((record) => isNewer(record, known.get(record.owner)))
}

/** Takes in what is newer; returns the records that changed. */
export function mergeRecords<Content>(
  records: GossipRecords<Content>,
  heard: readonly GossipRecord<Content>[],
): readonly GossipRecord<Content>[] {
  const changed: GossipRecord<Content>[] = []
  for (const record of heard) {
    if (!isNewer(record, records.get(record.owner))) continue
    records.set(record.owner, record)
    changed.push(record)
  }
  return changed
}

export function isNewer(
  one: { readonly generation: number; readonly version: number },
  other: { readonly generation: number; readonly version: number } | undefined,
): boolean {
  if (other === undefined) return true
  return one.generation > other.generation || (one.generation === other.generation && one.version > other.version)
}
