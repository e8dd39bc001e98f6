import { z } from 'zod'

const bounds = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() })

/** Where the window was, for each display that it was on. */
export const windowPlace = z
  .object({
    /** By the display's id. */
    displays: z.record(z.string(), bounds).catch({}),
    /** The display that it was on last. */
    last: z.string().optional().catch(undefined),
    maximized: z.boolean().catch(false),
  })
  .catch({ displays: {}, maximized: false })

export type WindowPlace = z.output<typeof windowPlace>
type Bounds = z.output<typeof bounds>

/** What there is to know of a display: the room on it that no panel or dock covers. */
export interface Display {
  readonly id: number
  readonly workArea: Bounds
}

export const MIN_SIZE = { width: 860, height: 560 }
const DEFAULT_SIZE = { width: 1180, height: 760 }

/** Where the window opens: where it was on the display that it was on last, if that is still there, else in the middle of the first. */
export function openingBounds(place: WindowPlace, displays: readonly [Display, ...Display[]]): Bounds {
  const display = displays.find(({ id }) => String(id) === place.last) ?? displays[0]
  const remembered = place.displays[String(display.id)]
  return remembered === undefined ? centred(display.workArea) : within(remembered, display.workArea)
}

/** The place with the window's bounds on a display noted in it. */
export function moved(place: WindowPlace, display: Display, to: Bounds): WindowPlace {
  const id = String(display.id)
  return { ...place, displays: { ...place.displays, [id]: to }, last: id }
}

function centred(area: Bounds): Bounds {
  const { width, height } = fitting(DEFAULT_SIZE, area)
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
  }
}

/** All of it on the display, whose size or panels may have changed. */
function within(wanted: Bounds, area: Bounds): Bounds {
  const { width, height } = fitting(wanted, area)
  return {
    x: clamp(wanted.x, area.x, area.x + area.width - width),
    y: clamp(wanted.y, area.y, area.y + area.height - height),
    width,
    height,
  }
}

function fitting({ width, height }: { width: number; height: number }, area: Bounds) {
  return {
    width: Math.min(Math.max(width, MIN_SIZE.width), area.width),
    height: Math.min(Math.max(height, MIN_SIZE.height), area.height),
  }
}

function clamp(value: number, low: number, high: number) {
  return Math.min(Math.max(value, low), high)
}
