/**
 * For a process that a supervisor starts: it ends when the supervisor does, be it killed. `end` may bring it to an end
 * in good order; it is at its end after a while in any case. Does nothing in a process that was started otherwise.
 */
export function endWithSupervisor(end: () => void, withinMs = 2_000): void {
  if (process.channel === undefined) return
  process.once('disconnect', () => {
    setTimeout(() => process.exit(), withinMs).unref()
    end()
  })
  // The channel alone must not keep a process running that has nothing left to do.
  process.channel.unref()
}
