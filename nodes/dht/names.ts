import type { Random } from '../../sim/machine.ts'

/** Seabirds, as good for telling nodes apart as for telling them to somebody. */
const NAMES = [
  'Albatross',
  'Auk',
  'Avocet',
  'Booby',
  'Cormorant',
  'Curlew',
  'Dunlin',
  'Eider',
  'Frigatebird',
  'Fulmar',
  'Gannet',
  'Godwit',
  'Guillemot',
  'Gull',
  'Kittiwake',
  'Knot',
  'Merganser',
  'Murre',
  'Noddy',
  'Osprey',
  'Oystercatcher',
  'Pelican',
  'Penguin',
  'Phalarope',
  'Plover',
  'Prion',
  'Puffin',
  'Razorbill',
  'Sanderling',
  'Scoter',
  'Shag',
  'Shearwater',
  'Skimmer',
  'Skua',
  'Tattler',
  'Tern',
  'Tropicbird',
  'Turnstone',
  'Whimbrel',
  'Willet',
] as const

/** A friendly name: two nodes may come to the same one, as it decides nothing. */
export function drawName(random: Random): string {
  return random.pick(NAMES)
}
