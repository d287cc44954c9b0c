/** A bare TCP echo in a process of its own: what the runtime's figures stand beside. It ends with its parent. */
import { createServer } from 'node:net'

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined)
  socket.pipe(socket)
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { readonly port: number }).port))
process.once('disconnect', () => process.exit())
