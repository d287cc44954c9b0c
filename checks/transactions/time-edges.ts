import { PASS, PROCESS, REALTIME } from './graph.ts'
import type { GraphBuilder } from './graph.ts'
import type { TransactionTable } from './table.ts'

/**
 * Adds what comes before what because of time: in a process, what was asked after an answer; and overall, what was
 * invoked when another had returned. Only a transaction that ended `ok` comes before others: nobody knows when one
 * without an answer takes effect. Some five edges a transaction, however many run side by side: all that returned
 * between two invocations lead into a joint, which leads to what is invoked until the next return, and to the next
 * joint.
 */
export function addTimeEdges(builder: GraphBuilder, table: TransactionTable): void {
  const lastOfProcess = new Int32Array(table.operations.length).fill(-1)
  const returned: number[] = []
  let joint = -1
  for (const end of table.ends) {
    const transaction = end >> 1
    if (table.committed[transaction] === 0) continue
    if (end % 2 === 1) {
      returned.push(transaction)
      continue
    }
    if (returned.length > 0) {
      const next = builder.joint()
      for (const earlier of returned) builder.edge(earlier, next, REALTIME)
      if (joint >= 0) builder.edge(joint, next, PASS)
      joint = next
      returned.length = 0
    }
    if (joint >= 0) builder.edge(joint, transaction, PASS)
    const process = table.processOf[transaction]!
    const previous = lastOfProcess[process]!
    if (previous >= 0) builder.edge(previous, transaction, PROCESS)
    if (table.isOk[transaction] === 1) lastOfProcess[process] = transaction
  }
}
