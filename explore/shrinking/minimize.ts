/**
 * The items without which a test no longer holds: delta debugging (Zeller and Hildebrandt, 2002) by complements only,
 * with chunks from all of them down to single ones. `holds` is asked of smaller and smaller lists in the items' order
 * and must have held for all of them.
 *
 * @param leastChunk stops before parts smaller than this are taken away, 1 unless given
 */
export function minimize<T>(
  items: readonly T[],
  holds: (items: readonly T[]) => boolean,
  leastChunk = 1,
): readonly T[] {
  let kept = items
  let chunk = kept.length
  while (chunk >= leastChunk) {
    let removed = false
    for (let from = 0; from < kept.length;) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + chunk)]
      if (holds(fewer)) {
        kept = fewer
        removed = true
      } else from += chunk
    }
    if (chunk === 1 && !removed) break
    chunk = chunk === 1 ? 1 : chunk >> 1
  }
  return kept
}
