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

/** A friendly name. It decides nothing. */
export function drawName(random: Random): string {
  return random.pick(NAMES)
}

/** The next name that nobody bears; where there are more nodes than names, and where two join apart, some share one. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const first = NAMES.findIndex((other) => other === name)
  const following = [...NAMES.slice(first), ...NAMES.slice(0, first)]
  return following.find((other) => !taken.has(other)) ?? name
}
