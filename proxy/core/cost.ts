/** What a turn cost: US dollars; or that the price of its model is not known; or that a subscription covers it. */
export type Cost = number | 'unpriced' | 'subscription'

/** What several costs come to: not known where one of them is not, and covered where all are. */
export function sumOfCosts(costs: readonly Cost[]): Cost {
  if (costs.includes('unpriced')) return 'unpriced'
  const paid = costs.filter(cost => typeof cost === 'number')
  return paid.length === 0 ? 'subscription' : paid.reduce((sum, cost) => sum + cost, 0)
}
