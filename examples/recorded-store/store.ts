/** Any time that a network takes. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 3))

export interface StoreOptions {
  /** The bug: a value is taken out of the cache only after its writer was told that it is written. */
  readonly forgetsLate?: boolean
}

/** Keeps values behind a network, and those that were read in a cache. */
export class Store {
  private readonly values = new Map<string, unknown>()
  private readonly cache = new Map<string, unknown>()
  private readonly versions = new Map<string, number>()
  private readonly forgetsLate: boolean

  constructor({ forgetsLate = false }: StoreOptions = {}) {
    this.forgetsLate = forgetsLate
  }

  async get(key: string): Promise<unknown> {
    await pause()
    if (this.cache.has(key)) return this.cache.get(key)
    const version = this.versions.get(key)
    const value = this.values.get(key) ?? null
    await pause()
    if (this.forgetsLate || this.versions.get(key) === version) this.cache.set(key, value)
    return value
  }

  async set(key: string, value: unknown): Promise<void> {
    await pause()
    this.values.set(key, value)
    this.versions.set(key, (this.versions.get(key) ?? 0) + 1)
    if (this.forgetsLate) setTimeout(() => this.cache.delete(key), 20)
    else this.cache.delete(key)
    await pause()
  }
}
