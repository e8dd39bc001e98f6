import { describe, expect, it } from 'vitest'
import { moved, openingBounds, windowPlace } from '../../main/window-place.ts'

const laptop = { id: 1, workArea: { x: 0, y: 25, width: 1440, height: 875 } }
const big = { id: 2, workArea: { x: 1440, y: 0, width: 2560, height: 1400 } }
const nowhere = windowPlace.parse({})

describe('where the window opens', () => {
  it('is the middle of the first display, the first time', () => {
    expect(openingBounds(nowhere, [laptop, big])).toEqual({ x: 130, y: 83, width: 1180, height: 760 })
  })

  it('is where it was on the display that it was on last', () => {
    const bounds = { x: 1700, y: 100, width: 1300, height: 900 }
    expect(openingBounds(moved(nowhere, big, bounds), [laptop, big])).toEqual(bounds)
  })

  it('is where it was on the first display, when the other one is gone', () => {
    const onLaptop = { x: 10, y: 40, width: 1000, height: 700 }
    const place = moved(moved(nowhere, laptop, onLaptop), big, { x: 1700, y: 100, width: 1300, height: 900 })
    expect(openingBounds(place, [laptop])).toEqual(onLaptop)
  })

  it('is on the display, though that has become smaller', () => {
    const place = moved(nowhere, laptop, { x: 900, y: 500, width: 1400, height: 860 })
    const small = { id: 1, workArea: { x: 0, y: 0, width: 1024, height: 600 } }
    expect(openingBounds(place, [small])).toEqual({ x: 0, y: 0, width: 1024, height: 600 })
  })

  it('is never smaller than the least size, unless the display is', () => {
    expect(openingBounds(moved(nowhere, laptop, { x: 0, y: 25, width: 10, height: 10 }), [laptop])).toMatchObject({
      width: 860,
      height: 560,
    })
  })

  it('is the default where what was remembered makes no sense', () => {
    expect(windowPlace.parse({ displays: { 1: { x: 'a' } }, maximized: 'no' })).toEqual({
      displays: {},
      maximized: false,
    })
    expect(windowPlace.parse([])).toEqual({ displays: {}, maximized: false })
  })
})
