import { en } from './en.ts'

/** A catalogue in one language. Another one is another file of this type, and a line in the table below. */
export type Text = typeof en

const catalogues = { en } satisfies Record<string, Text>

/** The words of the window. */
export const text: Text = catalogues.en
