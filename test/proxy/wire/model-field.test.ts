import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findModelField, replaceModel } from '../../../proxy/wire/model-field.ts'

const found = (body: string) => findModelField(Buffer.from(body))?.value
const replaced = (body: string, model: string) => {
  const bytes = Buffer.from(body)
  const field = findModelField(bytes)
  return field === undefined ? undefined : replaceModel(bytes, field, model).toString()
}

describe('the model of a body', () => {
  it.each([
    ['first', '{"model":"gpt-x","messages":[]}', 'gpt-x'],
    ['last', '{"messages":[{"role":"user","content":"hi"}],"model":"gpt-x"}', 'gpt-x'],
    ['with space around everything', ' \r\n{\t"model" \n:  "gpt-x" , "stream" : true }\n', 'gpt-x'],
    [
      'beside a nested key of the same name',
      '{"tools":[{"model":"no"}],"model":"yes","metadata":{"model":"no"}}',
      'yes',
    ],
    ['beside the word as a value', '{"type":"model","model":"yes"}', 'yes'],
    ['beside a string that looks like the key', '{"content":"\\"model\\":\\"no\\"","model":"yes"}', 'yes'],
    ['behind a string that ends in a backslash', '{"content":"c:\\\\","model":"yes"}', 'yes'],
    ['empty', '{"model":""}', ''],
    ['beyond ASCII', '{"model":"модель-ü"}', 'модель-ü'],
  ])('is found %s', (_, body, model) => {
    expect(found(body)).toBe(model)
  })

  it.each([
    ['is missing', '{"messages":[]}'],
    ['stands only deeper', '{"metadata":{"model":"x"}}'],
    ['is given twice', '{"model":"a","model":"b"}'],
    ['is no string', '{"model":42}'],
    ['is null', '{"model":null}'],
    ['holds an escape', '{"model":"a\\u0062"}'],
    ['is spelt with an escape a second time', '{"model":"a","mod\\u0065l":"b"}'],
    ['stands in an array', '["model","x"]'],
    ['stands behind the end of the object', '{"a":1},{"model":"x"}'],
    ['is cut off', '{"model":"gpt'],
    ['is not there at all', ''],
  ])('is left to JSON.parse where it %s', (_, body) => {
    expect(found(body)).toBeUndefined()
  })

  it('is replaced in place, every other byte untouched', () => {
    const body = '{ "a": "ü", "model" : "work:gpt-x", "n": 12345678901234567890, "b": "\\u00e9" }'
    expect(replaced(body, 'gpt-x')).toBe(body.replace('work:gpt-x', 'gpt-x'))
  })

  it('is escaped where it needs to be', () => {
    expect(replaced('{"model":"x"}', 'a"b\\c')).toBe('{"model":"a\\"b\\\\c"}')
  })

  it('never disagrees with JSON.parse', () => {
    const key = fc.oneof(
      fc.constantFrom('model', 'Model', 'messages', 'mode', 'models', '"model"', 'mod\\u0065l'),
      fc.string(),
    )
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"model":"x"', '\\', '{"model":"', '}'))
    const value = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value
    const entries = fc.array(fc.tuple(key, fc.oneof(text, value)), { maxLength: 6 })
    const space = fc.constantFrom('', ' ', '\n', '\t ')
    fc.assert(
      fc.property(entries, space, fc.string(), (fields, gap, model) => {
        // Built by hand, so that keys come twice and escaped.
        const body = `{${gap}${fields.map(([name, field]) => `${keyText(name)}${gap}:${gap}${JSON.stringify(field)}`).join(`${gap},`)}}${gap}`
        const parsed = JSON.parse(body) as Record<string, unknown>
        const bytes = Buffer.from(body)
        const field = findModelField(bytes)
        if (field === undefined) return
        expect(field.value).toBe(parsed['model'])
        expect(JSON.parse(replaceModel(bytes, field, model).toString())).toEqual({
          ...parsed,
          model: Buffer.from(model).toString(),
        })
      }),
      { numRuns: 3000 },
    )
  })

  it('is not looked for beyond what random bytes allow', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', ' ', 'm', 'o', 'd', 'e', 'l'),
          maxLength: 60,
        }),
        noise => {
          const body = `{"model":"x",${noise}}`
          const parsed = tryParse(body)
          const value = found(body)
          if (parsed !== undefined && value !== undefined) expect(value).toBe(parsed['model'])
        },
      ),
      { numRuns: 3000 },
    )
  })
})

/** Some names are written with their escapes as they stand, so that a parser reads another name than the bytes show. */
function keyText(name: string): string {
  return name.includes('\\u0065') ? `"${name}"` : JSON.stringify(name)
}

function tryParse(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return undefined
  }
}
