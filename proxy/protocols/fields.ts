import type { Extras } from '../core/request.ts'

/** A JSON object of which nothing is known but that it is one. */
export type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A record's fields; none where there is no record. */
export function record(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

const NOTHING: readonly unknown[] = []

/** A list's items; none where there is no list. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING
}

/** Those items of a list that are records. */
export function records(value: unknown): readonly Fields[] {
  return list(value).filter(isRecord)
}

/** The fields that hold something. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))
}

/** Fields under one of their own; nothing if there are none. */
export function nested(field: string, fields: Fields): Fields {
  return Object.keys(fields).length === 0 ? {} : { [field]: fields }
}

/** How a protocol keeps and finds what the canonical model has no word for. */
export function extrasOf(id: string) {
  return {
    /** The protocol's own fields of an extras record: those that were left when everything known had been taken. */
    ours: (extras: Extras | undefined): Fields => extras?.[id] ?? {},
    /** Fields to ride along; nothing if there are none. */
    extras: (fields: Fields): { extras?: Extras } =>
      Object.values(fields).some(value => value !== undefined) ? { extras: { [id]: fields } } : {},
  }
}
