/** The tabs of a turn's detail, in their order; the number keys go by it. */
export const tabs = ['summary', 'request', 'response', 'headers'] as const
export type Tab = (typeof tabs)[number]

/** The id of the detail's element, for what brings the focus to it. */
export const DETAIL = 'turn-detail'

export function isTab(text: string | null): text is Tab {
  return (tabs as readonly (string | null)[]).includes(text)
}
