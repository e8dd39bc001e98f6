/** Ids of elements, for what brings the focus to them. */
export const SESSION_FILTER = 'session-filter'
export const SESSION_LIST = 'session-list'
export const SESSION_DETAIL = 'session-detail'
