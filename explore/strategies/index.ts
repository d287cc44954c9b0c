import type { Random } from '../../sim/machine.ts'
import { anyOrder } from './any-order.ts'
import { churn } from './churn.ts'
import { crashes } from './crashes.ts'
import { cycles } from './cycles.ts'
import { moments } from './moments.ts'
import type { StrategyName } from './names.ts'
import { priorities } from './priorities.ts'
import type { Strategy } from './strategy.ts'
import { swarm } from './swarm.ts'
import { uniform } from './uniform.ts'

type Single = Exclude<StrategyName, 'default' | 'guided'>

/** Ways of choosing what goes wrong, by name. */
export const STRATEGIES: { readonly [Name in Single]: Strategy } = {
  uniform,
  swarm,
  moments,
  churn,
  crashes,
  cycles,
  pct: priorities,
  pos: anyOrder,
}

/** The best mix that was measured: each strategy as often as it stands here. */
const MIX: readonly Single[] = [
  'swarm',
  'moments',
  'churn',
  'churn',
  'churn',
  'churn',
  'churn',
  'crashes',
  'crashes',
  'crashes',
  'pct',
  'pos',
]

/** The strategy of one run; a guided search draws its fresh plans as the default does. */
export function strategyOf(name: StrategyName, random: Random): Strategy {
  return STRATEGIES[name === 'default' || name === 'guided' ? random.pick(MIX) : name]
}
