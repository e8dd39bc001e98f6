import { z } from 'zod'

/** The part of `config.yaml` about commands in the chat and about sessions. See docs/commands.md and docs/sessions.md. */

/** What stands in front of a command. What can't be part of it has a meaning behind it or in code. */
export const commandPrefix = z
  .string()
  .regex(
    /^[^\s\p{C}()[\]{}"'`\\]{2,10}$/u,
    'must be 2 to 10 visible characters, without spaces, quotes, brackets and backslashes',
  )
  .refine(text => !/^(.)\1$/su.test(text), 'must not be one character twice')

/** What a reasoning mode does: parameters, and text around what the user says. */
const mode = z.strictObject({
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
  max_reasoning_tokens: z.int().min(0).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  user_prompt_prefix: z.string().min(1).optional(),
  user_prompt_suffix: z.string().min(1).optional(),
})

const days = z.number().positive().max(3650)

export const commandsFields = {
  commands: z
    .strictObject({
      /** `enabled`: they are run. `strip`: they are cut out unrun. `off`: they are text like any other. */
      mode: z.enum(['enabled', 'strip', 'off']).default('enabled'),
      prefix: commandPrefix.default('!/'),
      /** Where `openai-url` may send turns and their key: to this machine and to hosts of the config, or anywhere. */
      openai_urls: z.enum(['known', 'any']).default('known'),
    })
    .prefault({}),
  /** What reasoning modes do for models by name (`*` stands for any text), the first that fits; others do as by default. */
  reasoning_aliases: z
    .array(z.strictObject({ model: z.string().min(1), modes: z.record(z.string().regex(/^[a-z][\w-]*$/), mode) }))
    .default([]),
  sessions: z
    .strictObject({
      /** How many conversations are remembered. */
      max: z.int().min(1).max(100_000).default(1000),
      /** Days after which one is forgotten that nobody goes on with. */
      expire_days: days.default(30),
    })
    .prefault({}),
}
