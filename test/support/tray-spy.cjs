/*
 * Given to Electron, or to its stand-in, with `-r` before the app. Electron has no way to read what a tray shows, so this
 * remembers what each was told, in the main process as `globalThis.trays`.
 */
const { Tray } = require('electron')

const trays = []
globalThis.trays = trays

for (const [method, field] of [
  ['setContextMenu', 'menu'],
  ['setToolTip', 'toolTip'],
  ['setImage', 'image'],
]) {
  const original = Tray.prototype[method]
  Tray.prototype[method] = function (value) {
    entryOf(this)[field] = value
    return original.call(this, value)
  }
}

const { destroy } = Tray.prototype
Tray.prototype.destroy = function () {
  trays.splice(trays.indexOf(entryOf(this)), 1)
  return destroy.call(this)
}

function entryOf(tray) {
  const known = trays.find(entry => entry.tray === tray)
  if (known !== undefined) return known
  const entry = { tray }
  trays.push(entry)
  return entry
}
